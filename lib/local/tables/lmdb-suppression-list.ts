import type { Clock } from '../../core/ports/clock.ts';
import type {
  SuppressionChange,
  SuppressionEntry,
  SuppressionList,
} from '../../core/ports/suppression-list.ts';
import type { Tables } from './open-tables.ts';

/** The latest change of one request's entry for one subject. */
interface Row {
  seq: number;
  at: number;
  change: SuppressionChange;
}

type RowKey = [subjectHash: string, requestId: string];

/** Most changes in one answer. */
const PAGE = 1_000;
/**
 * How long what no longer holds is remembered, for readers that have yet to hear of it, ms. A filter
 * that has not read for so long has long refused to decide.
 */
const REMEMBERED = 7 * 24 * 60 * 60 * 1000;
/** Old changes looked at by each write: the list stays as long as what is in force. */
const SWEPT = 16;

/** The port SuppressionList in the local tables: only the latest change of each entry is kept. */
export function lmdbSuppressionList(tables: Tables, clock: Clock): SuppressionList {
  const rows = tables.table<Row, RowKey>('suppression');
  const log = tables.table<RowKey, number>('suppression-log');
  // Never falls, though the last change be swept: a reader's cursor stays behind what comes next.
  const counters = tables.table<number, string>('counters');

  const record = (key: RowKey, change: SuppressionChange): void => {
    const old = rows.get(key);
    if (old !== undefined) log.removeSync(old.seq);
    const seq = (counters.get('suppression') ?? 0) + 1;
    counters.putSync('suppression', seq);
    rows.putSync(key, { seq, at: clock.now(), change });
    log.putSync(seq, key);
  };

  const sweep = (): void => {
    const before = clock.now() - REMEMBERED;
    for (const { key: seq, value: key } of [...log.getRange({ limit: SWEPT })]) {
      const row = rows.get(key);
      const endedAt = row?.change.kind === 'added' ? row.change.entry.lapsesAt : row?.at;
      if (endedAt === undefined || endedAt > before) continue;
      log.removeSync(seq);
      rows.removeSync(key);
    }
  };

  return {
    add(entries) {
      tables.transact(() => {
        sweep();
        for (const entry of entries) {
          const key: RowKey = [entry.subjectHash, entry.requestId];
          if (!isSame(rows.get(key)?.change, entry)) record(key, { kind: 'added', entry });
        }
      });
      return Promise.resolve();
    },
    lift(subjectHash, requestId) {
      tables.transact(() => {
        const key: RowKey = [subjectHash, requestId];
        if (rows.get(key)?.change.kind === 'added') {
          record(key, { kind: 'lifted', subjectHash, requestId });
        }
      });
      return Promise.resolve();
    },
    changesSince(cursor) {
      const now = clock.now();
      const seen = cursor === undefined ? 0 : Number(cursor);
      const page = [...log.getRange({ start: seen + 1, limit: PAGE })];
      const changes = page
        .map(({ value: key }) => rows.get(key)?.change)
        .filter((change) => change !== undefined)
        .filter((change) => cursor !== undefined || holds(change, now));
      return Promise.resolve({
        changes,
        cursor: String(page.at(-1)?.key ?? seen),
        more: page.length === PAGE,
      });
    },
  };
}

function holds(change: SuppressionChange, now: number): boolean {
  return change.kind === 'added' && (change.entry.lapsesAt ?? Infinity) > now;
}

function isSame(change: SuppressionChange | undefined, entry: SuppressionEntry): boolean {
  return (
    change?.kind === 'added' &&
    change.entry.reason === entry.reason &&
    change.entry.lapsesAt === entry.lapsesAt
  );
}
