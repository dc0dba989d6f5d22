import { beforeAll, describe, expect, it } from 'vitest';
import { deploy, type DeployedFunction, type Deployment } from './deployed-functions.ts';
import { ARCHIVE_GROUPS, GROUPS } from './journey-functions.ts';
import { indexObjects } from './proofs/index-objects.ts';
import { produceEvents } from './proofs/produce-events.ts';
import { redactEvents } from './proofs/redact-events.ts';
import { registerAgents } from './proofs/register-agents.ts';
import { serveArchive } from './proofs/serve-archive.ts';
import { proveWiring, type Proof } from './prove-wiring.ts';

/** One proof for each function, by its construct id. */
const PROOFS: Readonly<Record<string, Proof>> = {
  StreamDataProducer: produceEvents,
  SensitiveDataFilterFunction: redactEvents,
  ArchiveIndexer: indexObjects,
  ArchiveService: serveArchive,
  AgentRegister: registerAgents,
};

describe('the wiring of the synthesized stacks', () => {
  let deployed: Deployment['deployed'];
  let functions: Deployment['functions'];
  beforeAll(() => {
    ({ deployed, functions } = deploy());
  }, 600_000);

  it('is proved for every function', () => {
    // Here alone, or together in requests.test.ts and archive-run.test.ts.
    const proved = [...Object.keys(PROOFS), ...GROUPS.flat(), ...ARCHIVE_GROUPS];
    expect([...functions.keys()].sort()).toEqual(proved.sort());
  });

  it.each(Object.entries(PROOFS))(
    'lets %s do its work, with every grant it needs and none that it does not',
    async (id, proof) => {
      const found = functions.get(id)!;
      const wiring = await proveWiring(deployed, found, proof);
      expect(wiring.unanswered).toEqual([]);
      proof.expects(wiring);
      expect(wiring.missing).toEqual([]);
      expect(wiring.unused).toEqual([]);
    },
  );

  it('is not proved by a role that lacks a grant or has one too many', async () => {
    const found = functions.get('StreamDataProducer')!;
    const [invocation] = produceEvents.invocations;
    const proof: Proof = { invocations: [invocation!], expects: () => undefined };
    const without = {
      ...found,
      statements: found.statements.filter(
        ({ actions }) => !actions.includes('kms:GenerateDataKey'),
      ),
    };
    const { missing } = await proveWiring(deployed, without, proof);
    expect(new Set(missing.map(({ action }) => action))).toEqual(new Set(['kms:GenerateDataKey']));

    const extra = { action: 's3:GetObject', resource: 'arn:aws:s3:::*' };
    const having = {
      ...found,
      statements: [
        ...found.statements,
        { effect: 'Allow', actions: [extra.action], resources: [extra.resource], conditions: {} },
      ] satisfies DeployedFunction['statements'],
    };
    expect((await proveWiring(deployed, having, proof)).unused).toEqual([extra]);
  });
});
