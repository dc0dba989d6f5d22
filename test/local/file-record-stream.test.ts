import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  FileRecordStream,
  type FileRecordStreamOptions,
} from '../../lib/local/file-record-stream.ts';
import { StreamCorruptError } from '../../lib/local/stream/segment.ts';
import { FolderInUseError } from '../../lib/local/stream/ownership.ts';
import { shardOf } from '../../lib/local/stream/shard-name.ts';
import { scratchFolder } from './scratch-folder.ts';

let now = 1_700_000_000_000;
const clock = { now: () => now };

async function open(options: Partial<FileRecordStreamOptions> = {}): Promise<FileRecordStream> {
  const directory = options.directory ?? (await scratchFolder());
  return FileRecordStream.open({ clock, limitThroughput: false, ...options, directory });
}

const record = (text: string, partitionKey = text) => ({ partitionKey, data: Buffer.from(text) });

async function readAll(stream: FileRecordStream, after = {}): Promise<string[]> {
  const texts: string[] = [];
  for (const reader of stream.readers(after)) {
    for (let some = await reader.read(); some.length > 0; some = await reader.read()) {
      texts.push(...some.map(({ data }) => Buffer.from(data).toString()));
    }
  }
  return texts;
}

async function segmentsOf(directory: string): Promise<string[]> {
  const folder = join(directory, 'shardId-000000000000');
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}

describe('the record stream on disk', () => {
  it('has its records again after it was closed and opened, and goes on counting', async () => {
    const directory = await scratchFolder();
    const first = await open({ directory });
    const [one] = await first.put([record('one')]);
    await first.close();
    const second = await open({ directory });
    const [two] = await second.put([record('two')]);
    expect(await readAll(second)).toEqual(['one', 'two']);
    if (one?.ok !== true || two?.ok !== true) throw new Error('not accepted');
    expect(two.sequenceNumber > one.sequenceNumber).toBe(true);
    expect(one.sequenceNumber).toHaveLength(56);
    await second.close();
  });

  it('cuts a half-written tail off, whatever its length, and keeps every accepted record', async () => {
    const directory = await scratchFolder();
    const stream = await open({ directory });
    await stream.put([record('one'), record('two')]);
    await stream.close();
    const [segment] = (await segmentsOf(directory)) as [string];
    const whole = await readFile(segment);
    // What one more accepted record would look like.
    const again = await open({ directory });
    await again.put([record('three')]);
    await again.close();
    const longer = await readFile(segment);
    for (let length = whole.length; length < longer.length; length += 1) {
      await writeFile(segment, longer.subarray(0, length));
      const mended = await open({ directory });
      expect(await readAll(mended)).toEqual(['one', 'two']);
      await mended.put([record('four')]);
      expect(await readAll(mended)).toEqual(['one', 'two', 'four']);
      await mended.close();
    }
    await writeFile(segment, Buffer.concat([whole, Buffer.alloc(4096)]));
    const zeroes = await open({ directory });
    expect(await readAll(zeroes)).toEqual(['one', 'two']);
    await zeroes.close();
  });

  it('refuses to open over a damage in the midst of accepted records, and changes nothing', async () => {
    const directory = await scratchFolder();
    const stream = await open({ directory });
    for (const text of ['one', 'two', 'three', 'four']) await stream.put([record(text)]);
    await stream.close();
    const [segment] = (await segmentsOf(directory)) as [string];
    const bytes = await readFile(segment);
    bytes[bytes.indexOf('two') + 1]! ^= 1;
    await writeFile(segment, bytes);
    await expect(open({ directory })).rejects.toThrow(StreamCorruptError);
    expect((await readFile(segment)).equals(bytes)).toBe(true);
  });

  it('is for one process at a time, and free again once closed', async () => {
    const directory = await scratchFolder();
    const stream = await open({ directory });
    await expect(open({ directory })).rejects.toThrow(FolderInUseError);
    await stream.close();
    await (await open({ directory })).close();
  });

  it('takes over from an owner that was killed, even when its number names another process now', async () => {
    const directory = await scratchFolder();
    await (await open({ directory })).close();
    const { hostname } = await import('node:os');
    const host = hostname().replace(/[^A-Za-z0-9-]/g, '-');
    // This process's number, but another start.
    await writeFile(join(directory, 'owner-9'), `${host}_${process.pid}_1_abcdef`);
    await (await open({ directory })).close();
    await writeFile(join(directory, 'owner-20'), `elsewhere_${process.pid}_1_abcdef`);
    await expect(open({ directory })).rejects.toThrow(/in use by process \d+ on elsewhere/);
  });

  it('parts the range of MD5 evenly, as Kinesis does', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 256 }),
        fc.integer({ min: 1, max: 200 }),
        (key, shards) => {
          const hash = BigInt(`0x${createHash('md5').update(key).digest('hex')}`);
          expect(BigInt(shardOf(key, shards))).toBe((hash * BigInt(shards)) >> 128n);
        },
      ),
    );
  });

  it('refuses what is over 1,000 records or 1 MiB a second and shard, record by record', async () => {
    const stream = await open({ limitThroughput: true });
    onTestFinished(() => stream.close());
    const many = Array.from({ length: 500 }, (_, at) => record(`${at}`));
    const codes = (outcomes: Awaited<ReturnType<typeof stream.put>>) =>
      outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.code));
    expect(new Set([...codes(await stream.put(many)), ...codes(await stream.put(many))])).toEqual(
      new Set(['ok']),
    );
    expect(codes(await stream.put([record('over')]))).toEqual([
      'ProvisionedThroughputExceededException',
    ]);
    now += 1000;
    const large = { partitionKey: 'k', data: Buffer.alloc(700_000) };
    expect(codes(await stream.put([large, large, record('small')]))).toEqual([
      'ok',
      'ProvisionedThroughputExceededException',
      'ok',
    ]);
    now += 1000;
    expect(codes(await stream.put([large]))).toEqual(['ok']);
  });

  it('reads on from a checkpoint, across segments', async () => {
    const directory = await scratchFolder();
    const stream = await open({ directory, segmentBytes: 200 });
    for (let at = 0; at < 20; at += 1) await stream.put([record(`record ${at}`)]);
    expect((await segmentsOf(directory)).length).toBeGreaterThan(3);
    const [reader] = stream.readers();
    const some = await reader!.read();
    await stream.saveCheckpoint('archive', { [reader!.shardId]: some.at(-1)!.sequenceNumber });
    await stream.close();
    const again = await open({ directory, segmentBytes: 200 });
    const rest = await readAll(again, await again.checkpoint('archive'));
    expect(rest).toEqual(
      Array.from({ length: 20 - some.length }, (_, at) => `record ${at + some.length}`),
    );
    await again.close();
  });

  it('trims what was delivered and is old enough, and nothing else', async () => {
    const directory = await scratchFolder();
    const stream = await open({ directory, segmentBytes: 100 });
    onTestFinished(() => stream.close());
    for (let at = 0; at < 10; at += 1) await stream.put([record(`record ${at}`)]);
    await stream.trim(stream.end(), 60_000);
    expect(await readAll(stream)).toHaveLength(10);
    now += 60_001;
    await stream.trim({}, 60_000);
    expect(await readAll(stream)).toHaveLength(10);
    await stream.put([record('young')]);
    await stream.trim(stream.end(), 60_000);
    expect((await readAll(stream)).at(-1)).toBe('young');
    expect((await readAll(stream)).length).toBeLessThan(4);
    now += 60_001;
    await stream.trim(stream.end(), 60_000);
    expect(await readAll(stream)).toEqual([]);
    const left = await Promise.all((await segmentsOf(directory)).map((path) => readFile(path)));
    expect(Buffer.concat(left)).toHaveLength(0);
    await stream.put([record('next')]);
    expect(await readAll(stream)).toEqual(['next']);
  });

  it('is nobody else’s to read', async () => {
    const directory = join(await scratchFolder(), 'stream');
    const stream = await open({ directory });
    onTestFinished(() => stream.close());
    await stream.put([record('personal')]);
    const [segment] = (await segmentsOf(directory)) as [string];
    expect((await lstat(segment)).mode & 0o077).toBe(0);
    expect((await lstat(directory)).mode & 0o077).toBe(0);
  });
});
