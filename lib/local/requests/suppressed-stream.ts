import type { DataMap, StreamStore } from '../../core/data-map/schema.ts';
import { normaliseIdentity } from '../../core/identity/normalise-identity.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { ServiceCall, ServiceReply, Services } from '../../core/ports/services.ts';
import type { SuppressionList, SuppressionReason } from '../../core/ports/suppression-list.ts';
import type { Identity } from '../../core/requests/model/request.ts';
import { subjectHash } from '../../core/suppression/subject-hasher.ts';
import type { Tables } from '../tables/open-tables.ts';

export interface SuppressedStreamOptions {
  readonly list: SuppressionList;
  readonly tables: Tables;
  readonly clock: Clock;
  readonly dataMap: DataMap;
  readonly stream: StreamStore;
  /** The list's secret, at least 32 bytes. */
  readonly suppressionKey: Uint8Array;
  /** From when on every filter obeys a new entry, ms. */
  readonly obeyedAfter: number;
}

type SuppressedKey = [dsrId: string, taskId: string];

/** Who is put on the list by a task. */
interface Suppressed {
  readonly hashes: readonly string[];
  /** Since when all of them surely are, ms since the epoch. */
  readonly listedAt?: number;
}

/** On top of the stream's retention: what was read may still be on its way into an object. */
const IN_FLIGHT = 60 * 60 * 1_000;

export interface SuppressedStream extends Services {
  /** Takes a request's entries off the list; twice is once. */
  lift(dsrId: string): Promise<void>;
}

/**
 * The event stream as a store: nobody's records can be taken out of it, so the filter is told to let
 * none of the subject's through. The work is done once every filter must have heard; an erasure's
 * entries lapse when nothing from before can be in flight any more.
 */
export function suppressedStream(options: SuppressedStreamOptions): SuppressedStream {
  const { list, tables, clock, dataMap, stream, suppressionKey, obeyedAfter } = options;
  const suppressed = tables.table<Suppressed, SuppressedKey>('suppressed');
  const remember = (key: SuppressedKey, entry: Suppressed): void => {
    tables.transact(() => suppressed.putSync(key, entry));
  };

  const hashesOf = (identities: readonly Identity[]): string[] =>
    identities.flatMap(({ identifier, value }) => {
      if (!Object.hasOwn(stream.identifiers, identifier)) return [];
      const normalised = normaliseIdentity(dataMap, { identifier, value }).value;
      return normalised === '' ? [] : [subjectHash(suppressionKey, identifier, normalised)];
    });

  const suppress = async (call: ServiceCall): Promise<ServiceReply> => {
    const { dsrId, taskId, identities, operation } = call;
    const hashes = [...new Set(hashesOf(identities))];
    if (hashes.length === 0) return { kind: 'no-data' };
    const reason = REASON[operation];
    if (reason === undefined) return { kind: 'failed', code: 'operation', retryable: false };
    // A later round has a key of its own, so that its entries begin anew.
    const key: SuppressedKey = [dsrId, taskId];
    const now = clock.now();
    let entry = suppressed.get(key);
    if (entry?.listedAt === undefined) {
      // Before the list, so that a lift finds what is on it, wherever this dies.
      remember(key, { hashes });
      const lapsesAt = now + stream.retention.days * 86_400_000 + IN_FLIGHT;
      await list.add(
        hashes.map((hash) => ({
          subjectHash: hash,
          reason,
          requestId: dsrId,
          ...(reason === 'erasure' && { lapsesAt }),
        })),
      );
      entry = { hashes, listedAt: clock.now() };
      remember(key, entry);
    }
    const obeyedAt = (entry.listedAt ?? now) + obeyedAfter;
    return clock.now() < obeyedAt
      ? { kind: 'accepted', checkAt: obeyedAt }
      : { kind: 'done', affected: hashes.length };
  };

  return {
    call: suppress,
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
    lift: async (dsrId) => {
      const range = suppressed.getRange({ start: [dsrId, ''], end: [dsrId, '\uffff'] });
      for (const { value } of [...range]) {
        for (const hash of value.hashes) await list.lift(hash, dsrId);
      }
    },
  };
}

const REASON: Readonly<Partial<Record<ServiceCall['operation'], SuppressionReason>>> = {
  erase: 'erasure',
  restrict: 'restriction',
  object: 'objection',
};
