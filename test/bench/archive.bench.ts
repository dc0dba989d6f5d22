import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { commandTables } from './archive-commands.ts';
import { writeArchive, writeCriteria } from './archive-data.ts';
import {
  copy,
  copyToDisk,
  eraseByJsonParse,
  eraseByReadline,
  eraseBySplit,
  eraseToDisk,
  eraseWithDuckDb,
  eraseWithLethe,
  eraseWithPython,
  gunzipAndGzip,
  hasPython,
  type Task,
} from './archive-rivals.ts';
import type { FormatName } from '../../lib/core/erasure/format.ts';
import type { BenchSection, BenchSize, BenchTable } from './section.ts';
import { settle, sideBySide, type Rival } from './side-by-side.ts';

const MEGABYTES: Record<BenchSize, number> = { smoke: 1, quick: 20, normal: 100, full: 500 };
const ROUNDS: Record<BenchSize, number> = { smoke: 1, quick: 5, normal: 4, full: 3 };
const IDS = [1, 1000, 100_000, 1_000_000];
/** Of the floor and of Lethe in each round, which take much less time than the others. */
const TURNS = 5;

interface Way {
  name: string;
  run: (task: Task) => unknown;
  /** A process of its own, whose processor time is not counted. */
  isChild?: boolean;
}

async function compare(
  title: string,
  task: Omit<Task, 'to'>,
  rivals: readonly Way[],
  rounds: number,
  note: string,
): Promise<BenchTable> {
  const ways: Rival[] = rivals.map(({ name, run }, index) => {
    const to = `${task.from}.out-${index}`;
    return {
      name,
      ...(index < 2 && { turns: TURNS }),
      settle: () => settle(to),
      run: () => run({ ...task, to }),
    };
  });
  const timings = await sideBySide(ways, rounds);
  // The floor keeps everything; all others must keep the same.
  const sizes = rivals.slice(1).map((_, index) => statSync(`${task.from}.out-${index + 1}`).size);
  const isPlain = !task.from.endsWith('.gz');
  if (isPlain && new Set(sizes).size !== 1)
    throw new Error(`${title}: rivals differ: ${sizes.join()}`);
  rivals.forEach((_, index) => rmSync(`${task.from}.out-${index}`));
  const lethe = timings[1]!;
  return {
    title,
    columns: [
      ...['way', 'median ms', 'against Lethe', 'fastest ms', 'against Lethe'],
      ...['CPU ms', 'against Lethe'],
    ],
    // The fastest round is the one that others on the machine disturbed least.
    rows: timings.map(({ name, median, fastest, cpu }, index) => [
      name,
      ...[Math.round(median), `${(median / lethe.median).toFixed(2)}×`],
      ...[Math.round(fastest), `${(fastest / lethe.fastest).toFixed(2)}×`],
      ...(rivals[index]!.isChild === true
        ? ['', '']
        : [Math.round(cpu), `${(cpu / lethe.cpu).toFixed(2)}×`]),
    ]),
    note,
  };
}

/** What replaces files must be on the disk before they are. */
function toDisk(format: FormatName): Way[] {
  return [
    { name: 'read, write and fsync, the floor', run: copyToDisk },
    { name: 'Lethe, find and forget', run: (task) => eraseToDisk(task, format) },
  ];
}

async function* jsonTables(
  folder: string,
  size: BenchSize,
  connection: DuckDBConnection,
  progress: (line: string) => void,
): AsyncGenerator<BenchTable> {
  const from = join(folder, 'events.jsonl');
  const criteria = join(folder, 'ids');
  const rows = writeArchive(from, 'json', MEGABYTES[size] * 1e6);
  for (const ids of IDS.filter((each) => size !== 'smoke' || each <= 1000)) {
    progress(`JSON Lines, ${ids} ids`);
    writeCriteria(criteria, 'customer_id', ids, rows);
    const rivals = [
      { name: 'read and write, the floor', run: copy },
      { name: 'Lethe, find and forget', run: (task: Task) => eraseWithLethe(task, 'jsonl') },
      { name: 'JSON.parse a line', run: eraseByJsonParse },
      { name: 'readline and JSON.parse', run: eraseByReadline },
      {
        name: 'DuckDB, one thread',
        run: (task: Task) => eraseWithDuckDb(connection, task),
      },
      ...(hasPython()
        ? [{ name: "S3F2's algorithm, Python", run: eraseWithPython, isChild: true }]
        : []),
    ];
    yield await compare(
      `JSON Lines, ${MEGABYTES[size]} MB, ${rows} rows, ${ids} ids`,
      { from, criteria },
      rivals,
      ROUNDS[size],
      'Floor and Lethe run 5 times as often. JSON.parse takes 10×, DuckDB 2.5×, S3F2 15× at least.',
    );
    yield await compare(
      `JSON Lines, ${MEGABYTES[size]} MB, ${ids} ids, until all is on the disk`,
      { from, criteria },
      toDisk('jsonl'),
      ROUNDS[size],
      'At most 1.6 floors up to 100,000 ids.',
    );
  }
  rmSync(from);
}

async function* otherTables(folder: string, size: BenchSize): AsyncGenerator<BenchTable> {
  const from = join(folder, 'events.tsv');
  const criteria = join(folder, 'ids');
  const rows = writeArchive(from, 'snowplow', MEGABYTES[size] * 1e6);
  writeCriteria(criteria, 'user_id', 1000, rows);
  yield await compare(
    `Snowplow events, ${MEGABYTES[size]} MB, ${rows} rows, 1,000 ids`,
    { from, criteria },
    [
      { name: 'read and write, the floor', run: copy },
      { name: 'Lethe, find and forget', run: (task) => eraseWithLethe(task, 'snowplow') },
      { name: 'split and JSON.parse', run: eraseBySplit },
    ],
    ROUNDS[size],
    'As JSON Lines.',
  );
  yield await compare(
    `Snowplow events, ${MEGABYTES[size]} MB, 1,000 ids, until all is on the disk`,
    { from, criteria },
    toDisk('snowplow'),
    ROUNDS[size],
    'As JSON Lines.',
  );
  const plain = join(folder, 'small.jsonl');
  const few = writeArchive(plain, 'json', (MEGABYTES[size] * 1e6) / 5);
  const packed = join(folder, 'small.jsonl.gz');
  writeFileSync(packed, gzipSync(readFileSync(plain)));
  writeCriteria(criteria, 'customer_id', 1000, few);
  yield await compare(
    `JSON Lines in gzip, ${MEGABYTES[size] / 5} MB plain, 1,000 ids`,
    { from: packed, criteria },
    [
      { name: "zlib's own decompress and compress, the floor", run: gunzipAndGzip },
      { name: 'Lethe, find and forget', run: (task) => eraseWithLethe(task, 'jsonl') },
    ],
    ROUNDS[size],
    'At most 1.25 floors.',
  );
}

export const section: BenchSection = {
  name: 'archive',
  async *run(size, progress) {
    const folder = mkdtempSync(join(tmpdir(), 'lethe-bench-archive-'));
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    try {
      await connection.run('SET threads = 1');
      yield* jsonTables(folder, size, connection, progress);
      progress('Snowplow events and gzip');
      yield* otherTables(folder, size);
      progress('the whole command');
      yield* commandTables(folder, MEGABYTES[size], {
        ...(size === 'smoke' ? { rounds: 1, ids: 10_000 } : { rounds: 3, ids: 1_000_000 }),
        withHuge: size === 'full',
      });
    } finally {
      connection.closeSync();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
