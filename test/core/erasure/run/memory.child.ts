import { closeSync, openSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import type { FormatName } from '../../../../lib/core/erasure/format.ts';
import { driveRun } from '../../../../lib/core/erasure/run/drive-run.ts';
import type { ObjectStore } from '../../../../lib/core/ports/object-store.ts';
import { openWorld, request, row, twoOrders } from './run-world.ts';

/** An object of any size, and what takes its place. */
interface Content {
  readonly format: FormatName;
  /** Of what there is to read, decompressed. */
  readonly plainBytes: number;
  size: number;
  read(from: number, to: number): Generator<Uint8Array>;
  /** Called for each part of what replaces it, and once at the end. */
  replace(part: Uint8Array): void;
  replaced(): void;
}

const LINES_IN_PIECE = 10_000;
const READ_BYTES = 64 << 10;

/** Rows made up as they are read: the same piece again and again, each a gzip member if need be. */
function madeUp(pieces: number, isGzip: boolean): Content {
  const lines = Array.from({ length: LINES_IN_PIECE }, (_, n) =>
    row(n % 100 === 0 ? 'alice' : 'carol', n),
  );
  const plain = Buffer.from(lines.join(''));
  const piece = isGzip ? gzipSync(plain) : plain;
  return {
    format: 'jsonl',
    plainBytes: pieces * plain.length,
    size: pieces * piece.length,
    *read(from, to) {
      for (let at = from; at < to;) {
        const within = at % piece.length;
        const part = piece.subarray(within, within + to - at);
        at += part.length;
        yield part;
      }
    },
    replace: () => undefined,
    // What was written is of kept rows alone: as empty it is as clean.
    replaced() {
      this.size = 0;
    },
  };
}

/** A Parquet file, which is replaced by another one. */
function parquetFile(path: string): Content {
  let file = openSync(path, 'r');
  const output = openSync(`${path}.out`, 'w');
  return {
    format: 'parquet',
    plainBytes: statSync(path).size,
    size: statSync(path).size,
    *read(from, to) {
      for (let at = from; at < to;) {
        const part = Buffer.alloc(Math.min(READ_BYTES, to - at));
        at += readSync(file, part, 0, part.length, at);
        yield part;
      }
    },
    replace: (part) => void writeSync(output, part),
    replaced() {
      closeSync(output);
      file = openSync(`${path}.out`, 'r');
      this.size = statSync(`${path}.out`).size;
    },
  };
}

const [kind = '', of = ''] = process.argv.slice(2);
const content = kind === 'parquet' ? parquetFile(of) : madeUp(Number(of), kind === 'gzip');
let [etag, written] = ['one', 0];

const version = () => ({
  ...{ key: 'data/a', versionId: etag, etag, size: content.size, lastModified: 1, isLatest: true },
  isDeleteMarker: false,
});

async function* body(from: number, to: number): AsyncGenerator<Uint8Array> {
  for (const part of content.read(from, Math.min(to, content.size))) {
    yield await Promise.resolve(part);
  }
}

async function eachPart(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  take: (part: Uint8Array) => void,
): Promise<void> {
  if (source instanceof Uint8Array) return;
  for await (const part of source) {
    written += part.length;
    take(part);
  }
}

const objects: ObjectStore = {
  put: async (_key, source) => {
    await eachPart(source, (part) => content.replace(part));
    content.replaced();
    etag = 'two';
    return { kind: 'stored', etag, versionId: etag };
  },
  get: (key, { range: [from, to] = [0, content.size] } = {}) =>
    Promise.resolve({ ...version(), key, body: body(from, to) }),
  list: async function* () {
    yield await Promise.resolve(version());
  },
  listVersions: async function* () {
    yield await Promise.resolve(version());
  },
  delete: () => Promise.resolve(),
  deleteVersion: () => Promise.resolve({ kind: 'missing' }),
};

const quarantine: ObjectStore = {
  ...objects,
  put: async (_key, source) => {
    await eachPart(source, () => undefined);
    return { kind: 'stored', etag: 'patch', versionId: 'patch' };
  },
  listVersions: async function* () {},
};
const outcome = await driveRun(
  { ...openWorld(), objects, quarantine },
  twoOrders(),
  request({ places: [{ prefix: 'data/', format: content.format }], undoWindow: 9_000 }),
);
const [, peak = ''] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
process.stdout.write(
  JSON.stringify({
    bytes: content.plainBytes,
    written,
    state: outcome.kind === 'ended' ? outcome.run.state : 'waiting',
    matched: outcome.kind === 'ended' ? outcome.run.totals?.matched : 0,
    peak: Number(peak) * 1024,
  }),
);
