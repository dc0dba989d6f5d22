import type { DataMap, StreamStore } from '../data-map/schema.ts';
import { normaliseIdentity } from '../identity/normalise-identity.ts';
import type { Clock } from '../ports/clock.ts';
import type { ServiceCall, ServiceReply, Services } from '../ports/services.ts';
import type { SuppressedTasks } from '../ports/suppressed-tasks.ts';
import type { SuppressionList, SuppressionReason } from '../ports/suppression-list.ts';
import type { Identity } from '../requests/model/request.ts';
import { subjectHash } from './subject-hasher.ts';

export interface SuppressedStreamOptions {
  readonly list: SuppressionList;
  readonly memory: SuppressedTasks;
  readonly clock: Clock;
  readonly dataMap: DataMap;
  readonly stream: StreamStore;
  /** The list's secret, at least 32 bytes. */
  readonly suppressionKey: Uint8Array;
  /** From when on every filter obeys a new entry, ms. */
  readonly obeyedAfter: number;
}

/** On top of the stream's retention: what was read may still be on its way into an object. */
const IN_FLIGHT = 60 * 60 * 1_000;

/** How long a task is remembered after its entries have lapsed. */
const REMEMBERED = 30 * 24 * 60 * 60 * 1_000;
const FENCED = { kind: 'fenced' } as const;

export interface SuppressedStream extends Services {
  /** Takes a request's entries off the list; twice is once. */
  lift(dsrId: string): Promise<void>;
}

/**
 * The event stream as a store: nobody's records can be taken out of it, so the filter is told to let
 * none of the subject's through. The work is done once every filter must have heard; an erasure's
 * entries lapse when nothing from before can be in flight any more, and until then it can be undone:
 * what was scrubbed meanwhile stays scrubbed, what comes after passes again.
 */
export function suppressedStream(options: SuppressedStreamOptions): SuppressedStream {
  const { list, memory, clock, dataMap, stream, suppressionKey, obeyedAfter } = options;

  const hashesOf = (identities: readonly Identity[]): string[] =>
    identities.flatMap(({ identifier, value }) => {
      if (!Object.hasOwn(stream.identifiers, identifier)) return [];
      const normalised = normaliseIdentity(dataMap, { identifier, value }).value;
      return normalised === '' ? [] : [subjectHash(suppressionKey, identifier, normalised)];
    });
  const lapseOf = (listedAt: number): number =>
    listedAt + stream.retention.days * 86_400_000 + IN_FLIGHT;

  const suppress = async (call: ServiceCall, reason: SuppressionReason): Promise<ServiceReply> => {
    const { dsrId, taskId, attempt } = call;
    const hashes = [...new Set(hashesOf(call.identities))];
    if (hashes.length === 0) return { kind: 'no-data' };
    // A later round has an id of its own, so that its entries begin anew.
    let task = await memory.get(dsrId, taskId);
    if (task !== undefined && task.attempt > attempt) return FENCED;
    if (task?.listedAt === undefined) {
      const now = clock.now();
      const kept = reason === 'erasure' ? { keptUntil: lapseOf(now) + REMEMBERED } : {};
      const begun = { hashes, attempt, ...kept };
      // Before the list, so that a lift finds what is on it, wherever this dies.
      if ((await memory.put(dsrId, taskId, begun)) === 'fenced') return FENCED;
      await list.add(
        hashes.map((hash) => ({
          subjectHash: hash,
          reason,
          requestId: dsrId,
          ...(reason === 'erasure' && { lapsesAt: lapseOf(now) }),
        })),
      );
      task = { ...begun, listedAt: clock.now() };
      // An undo that came meanwhile has lifted them, or will: it saw what was put down before.
      if ((await memory.put(dsrId, taskId, task)) === 'fenced') return liftLate(dsrId);
    }
    const listedAt = task.listedAt ?? clock.now();
    const obeyedAt = listedAt + obeyedAfter;
    if (clock.now() < obeyedAt) return { kind: 'accepted', checkAt: obeyedAt };
    const undoable = reason === 'erasure' ? { undoableUntil: lapseOf(listedAt) } : {};
    return { kind: 'done', affected: task.hashes.length, ...undoable };
  };

  const lift = async (dsrId: string): Promise<void> => {
    for (const { hashes } of await memory.ofRequest(dsrId)) {
      for (const hash of hashes) await list.lift(hash, dsrId);
    }
  };

  /** What was listed after its undo goes again. */
  const liftLate = async (dsrId: string): Promise<ServiceReply> => {
    await lift(dsrId);
    return FENCED;
  };

  const undo = async ({ dsrId, taskId, attempt }: ServiceCall): Promise<ServiceReply> => {
    const task = await memory.get(dsrId, taskId);
    const { hashes = [] } = task ?? {};
    // First the fence, so that no erasure that is late lists them again.
    const fence = await memory.put(dsrId, taskId, { ...task, hashes, attempt });
    if (fence === 'fenced') return FENCED;
    await lift(dsrId);
    return hashes.length === 0 ? { kind: 'no-data' } : { kind: 'done', affected: hashes.length };
  };

  return {
    call: (call) => {
      if (call.operation === 'undo') return undo(call);
      const reason = REASON[call.operation];
      return reason === undefined
        ? Promise.resolve({ kind: 'failed', code: 'operation', retryable: false })
        : suppress(call, reason);
    },
    lookUp: async (_store, identities) => {
      const wanted = new Set(hashesOf(identities));
      let cursor: string | undefined;
      for (let more = true; more && wanted.size > 0;) {
        const answer = await list.changesSince(cursor);
        for (const change of answer.changes) {
          if (change.kind === 'added') wanted.delete(change.entry.subjectHash);
        }
        ({ cursor, more } = answer);
      }
      return wanted.size === 0 ? { kind: 'absent' } : { kind: 'present', erasable: wanted.size };
    },
    lift,
  };
}

const REASON: Readonly<Partial<Record<ServiceCall['operation'], SuppressionReason>>> = {
  erase: 'erasure',
  restrict: 'restriction',
  object: 'objection',
};
