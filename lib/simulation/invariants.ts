import { verifyChain } from '../core/audit/chain.ts';
import { verifyReceipt } from '../core/receipts/sign-receipt.ts';
import type { DsrRequest } from '../core/requests/model/request.ts';
import { isTerminal, LIFECYCLE } from '../core/requests/state/lifecycle-table.ts';
import type { SavedWrite } from './fakes/memory-request-store.ts';
import { CANARY } from './people.ts';
import { WORLD_MAP } from './world-map.ts';
import type { WorldServices } from './world-services.ts';

/** A law of the engine that did not hold. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/** Checks every write and every acceptance as it happens, against the truth of the world. */
export class Invariants {
  readonly #services: WorldServices;
  readonly #personOf: (dsrId: string) => number;
  readonly #terminalNotices = new Map<string, number>();
  checks = 0;

  constructor(services: WorldServices, personOf: (dsrId: string) => number) {
    this.#services = services;
    this.#personOf = personOf;
  }

  /** Nothing personal may stand in what is kept, logged or put aside in clear. */
  checkClear(what: string, text: string): void {
    this.checks++;
    if (text.includes(CANARY) || text.includes(CANARY.toLowerCase())) {
      throw new InvariantViolation(`${what} holds personal data`);
    }
  }

  checkWrite({ request, before, audit, text }: SavedWrite): void {
    this.checks++;
    const { dsrId, lifecycle } = request;
    this.checkClear(`the request ${dsrId} or its audit`, text);
    if (before !== undefined) {
      this.#checkMove(dsrId, before, request);
      if (before.audit.seq + audit.length !== request.audit.seq) {
        throw new InvariantViolation(`the audit head of ${dsrId} leaves out entries`);
      }
    }
    if (lifecycle === 'COMPLETED' || lifecycle === 'COMPLETED_WITH_EXEMPTIONS') {
      if (before?.lifecycle !== lifecycle) this.#checkTruth(request);
    }
  }

  checkAccepted(dsrId: string, audience: string, name: string, terminal: boolean): void {
    this.checks++;
    if (!terminal) return;
    const key = `${dsrId}/${audience}`;
    const count = (this.#terminalNotices.get(key) ?? 0) + 1;
    this.#terminalNotices.set(key, count);
    if (count > 1) {
      throw new InvariantViolation(`${audience} were told the end of ${dsrId} twice (${name})`);
    }
  }

  /** What must hold of a request once it is closed. */
  checkClosed(
    request: DsrRequest,
    trail: Parameters<typeof verifyChain>[1],
    publicKeyPem: string,
  ): void {
    this.checks++;
    const { dsrId, receipt, subject } = request;
    const chain = verifyChain(dsrId, trail, request.audit);
    if (chain.kind === 'broken') {
      throw new InvariantViolation(`the audit of ${dsrId} is ${chain.fault} at ${chain.seq}`);
    }
    if (!isTerminal(request.lifecycle)) throw new InvariantViolation(`${dsrId} closed unended`);
    if (receipt === undefined || verifyReceipt(receipt, publicKeyPem).kind !== 'genuine') {
      throw new InvariantViolation(`the receipt of ${dsrId} is not genuine`);
    }
    if (subject.details !== undefined || subject.aliases !== undefined) {
      throw new InvariantViolation(`${dsrId} is closed and still holds its subject`);
    }
    for (const audience of ['subject', 'systems']) {
      const told = this.#terminalNotices.get(`${dsrId}/${audience}`) ?? 0;
      const unheard = audience === 'subject' && request.notification === 'UNDELIVERABLE';
      if (told !== 1 && !unheard) {
        throw new InvariantViolation(`${audience} were told the end of ${dsrId} ${told} times`);
      }
    }
    this.checkClear(`the receipt of ${dsrId}`, JSON.stringify(receipt));
  }

  #checkMove(dsrId: string, before: DsrRequest, after: DsrRequest): void {
    // One write may pass through several states: each step must be listed, so a way must exist.
    if (before.lifecycle !== after.lifecycle && !wayBetween(before.lifecycle, after.lifecycle)) {
      throw new InvariantViolation(
        `${dsrId} went from ${before.lifecycle} to ${after.lifecycle}, which no table allows`,
      );
    }
    for (const task of after.tasks) {
      const old = before.tasks.find(({ taskId }) => taskId === task.taskId);
      if (old !== undefined && task.attempt < old.attempt) {
        throw new InvariantViolation(`${dsrId}/${task.taskId} went back to an older attempt`);
      }
    }
  }

  /** Completed means done in every store: not as somebody said, but as it is. */
  #checkTruth({ dsrId, type, lifecycle, tasks }: DsrRequest): void {
    const person = this.#personOf(dsrId);
    const exempt = (store: string): boolean =>
      lifecycle === 'COMPLETED_WITH_EXEMPTIONS' &&
      tasks.some(({ taskId, state }) => taskId === store && state === 'EXEMPT');
    for (const [store, { exemption }] of Object.entries(WORLD_MAP.stores)) {
      if (type === 'erasure') {
        if (exemption !== undefined || exempt(store)) continue;
        if (this.#services.holdsErasable(person, store)) {
          throw new InvariantViolation(`${dsrId} is ${lifecycle}, yet ${store} holds the subject`);
        }
      } else if (!this.#services.hasDone(dsrId, store)) {
        throw new InvariantViolation(`${dsrId} is ${lifecycle}, yet ${store} did nothing`);
      }
    }
  }
}

function wayBetween(from: DsrRequest['lifecycle'], to: DsrRequest['lifecycle']): boolean {
  const seen = new Set([from]);
  for (const state of seen) for (const next of LIFECYCLE.moves[state]) seen.add(next);
  return seen.has(to);
}
