import { spawnSync } from 'node:child_process';
import {
  closeSync,
  createReadStream,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { createWriteStream } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { FileOutput } from '../../bin/commands/erase/file-output.ts';
import { FileSource } from '../../bin/commands/erase/file-source.ts';
import { CompiledMatcher } from '../../lib/core/erasure/compiled-matcher.ts';
import { CriteriaReader } from '../../lib/core/erasure/criteria/read-criteria.ts';
import type { ByteSink, FormatName } from '../../lib/core/erasure/format.ts';
import { formatNamed } from '../../lib/core/erasure/formats.ts';

const PIECE = 1 << 20;

export interface Task {
  /** The archive's one file. */
  from: string;
  to: string;
  criteria: string;
}

/** Reads and writes: what nobody can do without. */
export function copy(files: Pick<Task, 'from' | 'to'>): void {
  closeSync(copied(files));
}

/** As {@link copy}, until all is on the disk: what nobody who replaces files can do without. */
export function copyToDisk(files: Pick<Task, 'from' | 'to'>): void {
  const target = copied(files);
  fsyncSync(target);
  closeSync(target);
}

/** Answers the descriptor of what was written. */
function copied({ from, to }: Pick<Task, 'from' | 'to'>): number {
  const [source, target] = [openSync(from, 'r'), openSync(to, 'w')];
  const piece = Buffer.allocUnsafeSlow(PIECE);
  for (let got = 1; got > 0;) {
    got = readSync(source, piece, 0, PIECE, null);
    writeSync(target, piece, 0, got);
  }
  closeSync(source);
  return target;
}

/** Criteria read, file searched, file rewritten: both passes, as the guard asks for. */
export async function eraseWithLethe(task: Task, format: FormatName): Promise<void> {
  const target = openSync(task.to, 'w');
  await erase(task, format, { write: (bytes) => void writeSync(target, bytes) });
  closeSync(target);
}

/** As {@link eraseWithLethe}, by the output that the command writes to, until all is on the disk. */
export async function eraseToDisk(task: Task, format: FormatName): Promise<void> {
  const target = new FileOutput(task.to);
  await erase(task, format, target);
  await target.finish();
}

async function erase(task: Task, format: FormatName, kept: ByteSink): Promise<void> {
  const reader = new CriteriaReader();
  const criteria = new FileSource(task.criteria);
  for await (const chunk of criteria.chunks()) reader.feed(chunk);
  criteria.close();
  const outcome = reader.finish(1);
  if (!outcome.ok) throw new Error('the criteria of the bench are at fault');
  const matcher = new CompiledMatcher(outcome.criteria);
  const source = new FileSource(task.from);
  const found = await formatNamed(format).find(source, matcher);
  if (found.kind === 'corrupt' || found.unparsable > 0) throw new Error('the data is at fault');
  await formatNamed(format).forget(source, matcher, found.plan, { kept });
  source.close();
}

function idsOf(criteria: string, field: string): Set<string> {
  const ids = new Set<string>();
  for (const line of readFileSync(criteria, 'utf8').split('\n')) {
    if (line === '') continue;
    const { match } = JSON.parse(line) as { match: Record<string, string> };
    ids.add(match[field]!);
  }
  return ids;
}

/** Every line kept unless `goes`; lines are cut from pieces of 1 MiB. */
function filterLines({ from, to }: Task, goes: (line: string) => boolean): void {
  const [source, target] = [openSync(from, 'r'), openSync(to, 'w')];
  const piece = Buffer.allocUnsafeSlow(PIECE);
  let rest = Buffer.alloc(0);
  while (true) {
    const got = readSync(source, piece, 0, PIECE, null);
    if (got === 0) break;
    const held = Buffer.concat([rest, piece.subarray(0, got)]);
    const end = held.lastIndexOf(10) + 1;
    const kept: string[] = [];
    for (const line of held.toString('utf8', 0, end).split('\n')) {
      if (line !== '' && !goes(line)) kept.push(line, '\n');
    }
    writeSync(target, kept.join(''));
    rest = Buffer.from(held.subarray(end));
  }
  closeSync(source);
  closeSync(target);
}

export function eraseByJsonParse(task: Task): void {
  const ids = idsOf(task.criteria, 'customer_id');
  filterLines(task, (line) => ids.has((JSON.parse(line) as { customer_id: string }).customer_id));
}

export function eraseBySplit(task: Task): void {
  const ids = idsOf(task.criteria, 'user_id');
  filterLines(task, (line) => {
    const columns = line.split('\t');
    if (columns.length !== 131) throw new Error('not an event');
    JSON.parse(columns[58]!);
    return ids.has(columns[12]!);
  });
}

export async function eraseByReadline(task: Task): Promise<void> {
  const ids = idsOf(task.criteria, 'customer_id');
  const target = openSync(task.to, 'w');
  let kept = '';
  for await (const line of createInterface({ input: createReadStream(task.from) })) {
    if (ids.has((JSON.parse(line) as { customer_id: string }).customer_id)) continue;
    kept += `${line}\n`;
    if (kept.length < PIECE) continue;
    writeSync(target, kept);
    kept = '';
  }
  writeSync(target, kept);
  closeSync(target);
}

/** One thread; the row's text is kept as it is, as ours is. */
export async function eraseWithDuckDb(connection: DuckDBConnection, task: Task): Promise<void> {
  await connection.run(
    `CREATE OR REPLACE TABLE erased AS SELECT json_extract_string(json, '$.match.customer_id') AS id
     FROM read_ndjson_objects('${task.criteria}')`,
  );
  await connection.run(
    `COPY (SELECT line FROM read_csv('${task.from}', columns = {'line': 'VARCHAR'}, header = false,
       delim = E'\\x01', quote = '', escape = '', auto_detect = false)
     WHERE json_extract_string(line, '$.customer_id') NOT IN (FROM erased))
     TO '${task.to}' (FORMAT csv, header false, delimiter E'\\x01', quote '', escape '')`,
  );
}

/** Amazon S3 Find and Forget's JSON handler, with the standard json module: the whole object at once. */
const S3F2 = `
import json, sys
source, target, criteria = sys.argv[1:4]
with open(criteria) as f:
    ids = set(json.loads(line)["match"]["customer_id"] for line in f)
with open(source, "rb") as f:
    content = f.read().decode("utf-8")
with open(target, "w", encoding="utf-8", newline="") as out:
    for line in content.split("\\n"):
        if line == "":
            continue
        parsed = json.loads(line)
        value = parsed.get("customer_id")
        if value and value in ids:
            continue
        out.write(line + "\\n")
`;

export function eraseWithPython(task: Task): void {
  const { status } = spawnSync('python3', ['-c', S3F2, task.from, task.to, task.criteria]);
  if (status !== 0) throw new Error('python3 failed');
}

export function hasPython(): boolean {
  return spawnSync('python3', ['--version']).status === 0;
}

export function gunzipAndGzip({ from, to }: Task): Promise<void> {
  const options = { chunkSize: 256 << 10 };
  return pipeline(
    createReadStream(from, { highWaterMark: PIECE }),
    createGunzip(options),
    createGzip({ ...options, level: 6 }),
    createWriteStream(to),
  );
}
