import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { CompiledMatcher } from '../../lib/core/erasure/compiled-matcher.ts';
import { CriteriaReader } from '../../lib/core/erasure/criteria/read-criteria.ts';
import type { ObjectSource } from '../../lib/core/erasure/format.ts';
import type { Matcher } from '../../lib/core/erasure/matcher.ts';
import { parquetFormat } from '../../lib/core/erasure/parquet/parquet-format.ts';
import type { BenchSection, BenchSize, BenchTable } from './section.ts';
import { settle, sideBySide } from './side-by-side.ts';

const ROWS: Record<BenchSize, number> = {
  smoke: 20_000,
  quick: 200_000,
  normal: 1_800_000,
  full: 6_000_000,
};
const ROUNDS: Record<BenchSize, number> = { smoke: 1, quick: 3, normal: 5, full: 3 };
/** Of the floor and of Lethe in each round, which take less time. */
const TURNS = 3;
const PIECE = 4 << 20;

/** A customer's key, as the query below makes it of a row's number. */
function keyOf(row: number): string {
  return createHash('md5').update(String(row)).digest('hex');
}

/** An event table as DuckDB writes it by default: Snappy, row groups of 122,880 rows. */
const events = (rows: number) => `
  SELECT md5(i::VARCHAR) AS customer_id, 'user' || (i % 50000) AS name,
    'user' || i || '@example.com' AS email, (i * 37 % 100000)::DECIMAL(12, 2) / 100 AS amount,
    TIMESTAMP '2024-01-01' + to_seconds(i) AS at, i % 7 = 0 AS consent,
    'page/' || (i * 7919 % 100003) AS url, i AS n
  FROM range(${rows}) t(i)`;

function matcherOf(keys: readonly string[]): Matcher {
  const reader = new CriteriaReader();
  for (const key of keys) reader.feed(Buffer.from(`{"match":{"customer_id":"${key}"}}\n`));
  const outcome = reader.finish(1);
  if (!outcome.ok) throw new Error('the criteria of the bench are at fault');
  return new CompiledMatcher(outcome.criteria);
}

class OpenFile implements ObjectSource {
  readonly size: number;
  readonly #descriptor: number;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
    this.size = statSync(path).size;
  }

  read(from: number, to: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafeSlow(to - from);
    const length = readSync(this.#descriptor, bytes, 0, to - from, from);
    return Promise.resolve(bytes.subarray(0, length));
  }

  readInto(from: number, into: Uint8Array): number {
    return readSync(this.#descriptor, into, 0, into.length, from);
  }

  async *chunks(): AsyncIterable<Uint8Array> {
    for (let at = 0; at < this.size; at += PIECE) {
      yield await this.read(at, Math.min(this.size, at + PIECE));
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** Opens `from` and `to`, has the work done between them, and closes them. */
async function between(
  from: string,
  to: string,
  work: (source: ObjectSource, write: (bytes: Uint8Array) => void) => Promise<void>,
): Promise<void> {
  const source = new OpenFile(from);
  const target = openSync(to, 'w');
  await work(source, (bytes) => void writeSync(target, bytes));
  closeSync(target);
  source.close();
}

async function eraseWithLethe(from: string, to: string, matcher: Matcher): Promise<void> {
  await between(from, to, async (source, write) => {
    const found = await parquetFormat.find(source, matcher);
    if (found.kind === 'corrupt') throw new Error(found.reason);
    await parquetFormat.forget(source, matcher, found.plan, { kept: { write } });
  });
}

async function copy(from: string, to: string): Promise<void> {
  await between(from, to, async (source, write) => {
    for await (const chunk of source.chunks()) write(chunk);
  });
}

async function countRows(connection: DuckDBConnection, path: string): Promise<number> {
  const result = await connection.runAndReadAll(`SELECT count(*) FROM '${path}'`);
  return Number(result.getRows()[0]![0]);
}

async function compare(
  connection: DuckDBConnection,
  folder: string,
  size: BenchSize,
  decoys: number,
): Promise<BenchTable> {
  const path = join(folder, 'events.parquet');
  const [ours, theirs, copied] = ['lethe', 'duckdb', 'copy'].map((name) =>
    join(folder, `${name}.parquet`),
  );
  // Ten customers of one row group, and others that the file does not know.
  const present = Array.from({ length: 10 }, (_, i) => keyOf(130_000 + 97 * i));
  const keys = [...present, ...Array.from({ length: decoys }, (_, i) => keyOf(1e9 + i))];
  const matcher = matcherOf(keys);
  await connection.run('CREATE OR REPLACE TABLE erased (customer_id VARCHAR)');
  for (let at = 0; at < keys.length; at += 10_000) {
    const some = keys.slice(at, at + 10_000).map((key) => `('${key}')`);
    await connection.run(`INSERT INTO erased VALUES ${some.join()}`);
  }
  const timings = await sideBySide(
    [
      {
        name: 'read and write, the floor',
        turns: TURNS,
        settle: () => settle(copied!),
        run: () => copy(path, copied!),
      },
      {
        name: 'Lethe, find and forget',
        turns: TURNS,
        settle: () => settle(ours!),
        run: () => eraseWithLethe(path, ours!, matcher),
      },
      {
        name: 'DuckDB, COPY of an anti-join, one thread',
        settle: () => settle(theirs!),
        run: () =>
          connection.run(
            `COPY (SELECT * FROM '${path}' WHERE customer_id NOT IN (FROM erased))
             TO '${theirs!}' (FORMAT parquet)`,
          ),
      },
    ],
    ROUNDS[size],
  );
  const wanted = ROWS[size] - present.length;
  for (const result of [ours!, theirs!]) {
    if ((await countRows(connection, result)) !== wanted) throw new Error('a rival lost its way');
  }
  const lethe = timings[1]!;
  return {
    title: `Parquet: ${keys.length} ids, 10 found in one row group of ${Math.ceil(ROWS[size] / 122_880)}`,
    columns: ['way', 'median ms', 'against Lethe', 'fastest ms', 'against Lethe'],
    rows: timings.map(({ name, median, fastest }) => [
      name,
      ...[Math.round(median), `${(median / lethe.median).toFixed(2)}×`],
      ...[Math.round(fastest), `${(fastest / lethe.fastest).toFixed(2)}×`],
    ]),
    note: `${Math.round(statSync(path).size / 1e6)} MB, ${ROWS[size]} rows. DuckDB is to take 3× as long at least.`,
  };
}

export const section: BenchSection = {
  name: 'parquet',
  async *run(size, progress) {
    const folder = mkdtempSync(join(tmpdir(), 'lethe-bench-parquet-'));
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    try {
      await connection.run('SET threads = 1');
      progress('writing the file');
      await connection.run(
        `COPY (${events(ROWS[size])}) TO '${join(folder, 'events.parquet')}' (FORMAT parquet)`,
      );
      for (const decoys of [0, 100_000]) {
        progress(`${decoys + 10} ids`);
        yield await compare(connection, folder, size, decoys);
      }
    } finally {
      connection.closeSync();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
