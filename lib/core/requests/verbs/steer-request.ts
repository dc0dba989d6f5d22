import type { Actor, Command } from '../model/command.ts';
import { decideCommand } from '../state/decide-command.ts';
import { Draft } from '../state/draft.ts';
import { changeRequest } from './commit.ts';
import type { VerbOutcome } from './confirm-identity.ts';
import type { WritingDependencies } from './dependencies.ts';

/**
 * Applies a person's command: approve, reject, pause, legal-hold, release, extend, pause-clock,
 * resume-clock, retry, cancel, undo, lift. Refusals are audited too.
 */
export async function steerRequest(
  deps: WritingDependencies,
  input: { readonly dsrId: string; readonly actor: Actor; readonly command: Command },
): Promise<VerbOutcome> {
  const { dsrId, actor, command } = input;
  const outcome = await changeRequest(deps, dsrId, (request, context) =>
    decideCommand(request, command, actor, context),
  );
  if (outcome.kind === 'refused' && outcome.refusal.code !== 'not-found') {
    const { code } = outcome.refusal;
    await changeRequest(deps, dsrId, (request, context) => {
      const draft = new Draft(request, context);
      draft.record('refused', { command: command.kind, code }, actor);
      return draft.decide();
    });
  }
  return outcome;
}
