import type { Clock } from '../../lib/core/ports/clock.ts';
import type {
  SuppressionChange,
  SuppressionEntry,
  SuppressionList,
} from '../../lib/core/ports/suppression-list.ts';

/** The suppression list in memory: all changes ever, replayed for who starts anew. */
export function memorySuppressionList(clock: Clock): SuppressionList {
  const changes: SuppressionChange[] = [];
  const inForce = new Map<string, SuppressionEntry>();
  const identity = (subjectHash: string, requestId: string) => `${subjectHash} ${requestId}`;

  return {
    add: (entries) => {
      for (const entry of entries) {
        const key = identity(entry.subjectHash, entry.requestId);
        const old = inForce.get(key);
        if (old?.reason === entry.reason && old.lapsesAt === entry.lapsesAt) continue;
        inForce.set(key, { ...entry });
        changes.push({ kind: 'added', entry: { ...entry } });
      }
      return Promise.resolve();
    },
    lift: (subjectHash, requestId) => {
      if (inForce.delete(identity(subjectHash, requestId))) {
        changes.push({ kind: 'lifted', subjectHash, requestId });
      }
      return Promise.resolve();
    },
    changesSince: (cursor) => {
      const now = clock.now();
      const started =
        cursor === undefined
          ? [...inForce.values()]
              .filter(({ lapsesAt }) => (lapsesAt ?? Infinity) > now)
              .map((entry): SuppressionChange => ({ kind: 'added', entry }))
          : changes.slice(Number(cursor));
      return Promise.resolve({ changes: started, cursor: String(changes.length), more: false });
    },
  };
}
