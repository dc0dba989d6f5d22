import type { Notice } from '../core/ports/notifier.ts';
import type { Command } from '../core/requests/model/command.ts';
import { REQUEST_TYPES } from '../core/requests/model/request.ts';
import { confirmIdentity } from '../core/requests/verbs/confirm-identity.ts';
import { steerRequest } from '../core/requests/verbs/steer-request.ts';
import type { Submission } from '../core/requests/verbs/submission.ts';
import { submitRequest } from '../core/requests/verbs/submit-request.ts';
import { identitiesOf } from './people.ts';
import type { World } from './world.ts';

const HOUR = 3_600_000;

/** The people around the engine: subjects who ask and confirm, administrators who steer. */
export class Actors {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    world.notifier.onAccept = (notice, dedupeKey) => {
      this.#receive(notice, dedupeKey);
    };
  }

  /** Sends the request with that number in, some time within the first days. */
  submit(number: number): void {
    const { random, scheduler, people } = this.#world;
    const submission = this.#submission(number);
    people.set(submission.dsrId, personNumber(number));
    scheduler.after(random.between(0, 72 * HOUR), () => {
      this.#world.insist((deps) => submitRequest(deps, submission));
    });
    if (random.chance(0.1)) {
      scheduler.after(random.between(HOUR, 96 * HOUR), () => {
        this.#meddle(submission.dsrId);
      });
    }
  }

  #submission(number: number): Submission {
    const { random } = this.#world;
    const person = personNumber(number);
    const type = REQUEST_TYPES[person % REQUEST_TYPES.length]!;
    const contact = { kind: 'email', address: identitiesOf(person)[0]!.value } as const;
    const vouched = random.chance(0.3);
    return {
      dsrId: `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`,
      type,
      regime: random.chance(0.5) ? 'gdpr' : 'ccpa',
      controllerId: vouched ? 'controller-1' : 'direct',
      channel: vouched ? 'opendsr' : 'direct',
      language: 'en',
      details: {
        identities: [identitiesOf(person)[random.between(0, 2)]!],
        contact,
        ...(type === 'rectification' && { corrections: { name: contact.address } }),
      },
      callbackUrls: vouched ? ['https://controller.example/callback'] : [],
      vouched,
    };
  }

  #receive(notice: Notice, dedupeKey: string): void {
    const { random, invariants, requests } = this.#world;
    const terminal = TERMINAL_NOTICES.has(notice.name);
    try {
      invariants.checkAccepted(notice.dsrId, notice.audience, notice.name, terminal);
      if (notice.audience !== 'subject') {
        invariants.checkClear(`a notice (${dedupeKey})`, JSON.stringify(notice));
      }
    } catch (error) {
      this.#world.violation ??= error as NonNullable<World['violation']>;
    }
    if (notice.name === 'verify-identity' && !random.chance(0.05)) this.#confirm(notice);
    if (notice.audience !== 'administrators') return;
    const lifecycle = requests.peek(notice.dsrId)?.lifecycle;
    if (notice.name === 'approval-needed' && !random.chance(0.05)) this.#decide(notice.dsrId);
    if (notice.name === 'partially-failed' && !random.chance(0.2)) this.#mend(notice.dsrId);
    if (notice.name === 'stuck') {
      if (lifecycle === 'AWAITING_APPROVAL') this.#steer(notice.dsrId, { kind: 'approve' });
      else this.#steer(notice.dsrId, { kind: 'release' });
    }
  }

  /** The subject clicks, mostly soon, sometimes with a broken link first. */
  #confirm({ dsrId, facts }: Notice): void {
    const { random, scheduler } = this.#world;
    const token = String(facts['token']);
    const wrong = random.chance(0.05) ? random.between(1, 7) : 0;
    for (let tries = 0; tries < wrong; tries++) {
      scheduler.after(random.between(1, HOUR), () => {
        this.#world.insist((deps) => confirmIdentity(deps, { dsrId, token: 'guessed' }));
      });
    }
    scheduler.after(random.between(HOUR, 30 * HOUR), () => {
      this.#world.insist((deps) => confirmIdentity(deps, { dsrId, token }));
    });
  }

  #decide(dsrId: string): void {
    const refuse = this.#world.random.chance(0.04);
    this.#steer(dsrId, refuse ? { kind: 'reject', reason: 'no-match' } : { kind: 'approve' });
  }

  #mend(dsrId: string): void {
    this.#world.scheduler.after(this.#world.random.between(1, 24 * HOUR), () => {
      this.#world.services.mend(dsrId);
      this.#steer(dsrId, { kind: 'retry' });
    });
  }

  #meddle(dsrId: string): void {
    this.#steer(dsrId, this.#world.random.pick(MEDDLING));
  }

  #steer(dsrId: string, command: Command): void {
    const { random, scheduler } = this.#world;
    const actor = { kind: 'administrator', id: `admin-${random.between(0, 5)}` } as const;
    scheduler.after(random.between(1, 8 * HOUR), () => {
      this.#world.insist((deps) => steerRequest(deps, { dsrId, actor, command }));
    });
  }
}

const MEDDLING: readonly Command[] = [
  { kind: 'cancel', reason: 'withdrawn' },
  { kind: 'undo', reason: 'mistake' },
  { kind: 'pause', reason: 'look-closer' },
  { kind: 'legal-hold', reason: 'litigation', scope: ['orders', 'uploads'] },
  { kind: 'extend', reason: 'complexity' },
  { kind: 'pause-clock', reason: 'clarification' },
  { kind: 'retry' },
  { kind: 'lift', reason: 'subject-asked' },
];

const TERMINAL_NOTICES: ReadonlySet<string> = new Set([
  'completed',
  'completed-with-exemptions',
  'failed',
  'refused',
  'duplicate',
  'expired',
  'cancelled',
  'cancelled-partial',
]);

/** Some people ask twice. */
function personNumber(number: number): number {
  return number % 30 === 29 ? number - 6 : number;
}
