import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { SuppressionSet } from '../../lib/core/suppression/suppression-set.ts';
import { makeEvents, type EventKind } from './events.ts';
import { batchesOf, fastRedactWay, floor, jsonParse, lethe } from './redaction-rivals.ts';
import type { BenchSection, BenchSize, BenchTable } from './section.ts';
import { sideBySide } from './side-by-side.ts';

const COUNTS: Record<BenchSize, number> = {
  smoke: 1_000,
  quick: 5_000,
  normal: 100_000,
  full: 100_000,
};
const ROUNDS: Record<BenchSize, number> = { smoke: 1, quick: 2, normal: 9, full: 25 };
const KEY = Buffer.alloc(32, 1);

/** The transform of the stream filter, beside what others do in its place. */
export const section: BenchSection = {
  name: 'redaction',
  async *run(size, progress) {
    for (const kind of ['narrow', 'wide', 'tricky'] as const) {
      progress(`${kind} events`);
      yield await compare(kind, size);
    }
    progress('suppressed subjects');
    yield await suppression(size);
    progress('memory');
    yield memory(size);
  },
};

async function compare(kind: EventKind, size: BenchSize): Promise<BenchTable> {
  const count = COUNTS[size];
  const events = makeEvents(kind, count);
  const batches = batchesOf(events);
  const bytes = events.reduce((sum, event) => sum + Buffer.byteLength(event, 'base64'), 0);
  const ways = {
    'floor: base64 decode + encode': floor,
    'Lethe (WebAssembly)': lethe('fast'),
    'Lethe (plain JS reference)': lethe('reference'),
    'JSON.parse + JSON.stringify': jsonParse,
    'JSON.parse + fast-redact + JSON.stringify': fastRedactWay,
  };
  const rivals = Object.entries(ways).map(([name, way]) => ({
    name,
    run: () => batches.reduce((sum, batch) => sum + (way(batch) as unknown[]).length, 0),
  }));
  const timings = await sideBySide(rivals, ROUNDS[size]);
  const [least, , , parse] = timings.map(({ median }) => median);
  return {
    title: `${count} ${kind} events of ${Math.round(bytes / count)} bytes, half of them consenting`,
    columns: ['way', 'ms', 'ns/event', 'of the floor', 'times as fast as JSON.parse'],
    rows: timings.map(({ name, median }) => [
      name,
      median.toFixed(1),
      Math.round((median / count) * 1e6),
      `${(median / least!).toFixed(2)}x`,
      `${(parse! / median).toFixed(1)}x`,
    ]),
    note: 'Base64 in, base64 out, in batches of 6 MB; medians, the ways taken in turn.',
  };
}

async function suppression(size: BenchSize): Promise<BenchTable> {
  const count = COUNTS[size];
  const batches = batchesOf(makeEvents('narrow', count));
  const largest = size === 'smoke' || size === 'quick' ? 20_000 : 1_000_000;
  const lists = [0, 1_000, largest].map((subjects) => ({ subjects, set: listOf(subjects) }));
  const timings = await sideBySide(
    lists.map(({ subjects, set }) => {
      const way = lethe('fast', set);
      return {
        name: `${subjects} subjects suppressed`,
        run: () => batches.reduce((sum, batch) => sum + (way(batch) as unknown[]).length, 0),
      };
    }),
    ROUNDS[size],
  );
  const none = timings[0]!.median;
  return {
    title: `${count} narrow events with a suppression list`,
    columns: ['list', 'ms', 'ns/event', 'of an empty list'],
    rows: timings.map(({ name, median }) => [
      name,
      median.toFixed(1),
      Math.round((median / count) * 1e6),
      `${(median / none).toFixed(2)}x`,
    ]),
    note: 'Lethe (WebAssembly). Only events that consent are looked up.',
  };
}

function listOf(subjects: number): SuppressionSet {
  const set = new SuppressionSet(KEY);
  for (let index = 0; index < subjects; index++) {
    // Numbers that no event has: every look-up goes the common way, to "not on the list".
    const hash = set.hasher.hash('ssn_no', `9${String(index).padStart(9, '0')}`);
    const entry = {
      subjectHash: hash.toString('base64url'),
      reason: 'erasure',
      requestId: `r${index}`,
    } as const;
    set.apply([{ kind: 'added', entry }]);
  }
  return set;
}

/** In children of their own, bundled as a function is, so that nobody else's memory counts. */
function memory(size: BenchSize): BenchTable {
  const child = fileURLToPath(new URL('../../.cache/bench/redaction-memory.mjs', import.meta.url));
  buildSync({
    entryPoints: [fileURLToPath(new URL('./redaction-memory.ts', import.meta.url))],
    outfile: child,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  const measure = (what: string, events: number): string => {
    const out = execFileSync(process.execPath, [child, what, String(events)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return `${(Number(out) / 1024 / 1024).toFixed(0)} MiB`;
  };
  const row = (label: string, what: string, events = COUNTS[size]): string[] => [
    label,
    measure(what, 1),
    measure(what, events),
  ];
  return {
    title: 'Peak memory (RSS) of a process that redacts batches of 6 MB',
    columns: ['batch', 'one batch', 'batch after batch'],
    rows: [
      row('none: Node alone', 'nothing'),
      row('narrow events', 'narrow'),
      row('wide events', 'wide'),
      row('tricky events', 'tricky'),
      row('records of 1 MiB', 'huge', 400),
    ],
    note: 'What batch after batch adds is garbage that V8 has not collected yet; it does not grow with their number.',
  };
}
