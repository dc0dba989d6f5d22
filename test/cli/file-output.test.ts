import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { FileOutput, type Disk } from '../../bin/commands/erase/file-output.ts';

const MEGABYTE = 1 << 20;

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'lethe-output-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A disk that does what it is told when it is told. */
class SlowDisk implements Disk {
  readonly asked: string[] = [];
  readonly #waiting: { done(): void; fail(error: Error): void }[] = [];

  sync(): Promise<void> {
    this.asked.push('all');
    return Promise.resolve();
  }

  syncData(): Promise<void> {
    this.asked.push('data');
    return new Promise((done, fail) => this.#waiting.push({ done, fail }));
  }

  next(error?: Error): void {
    const asked = this.#waiting.shift()!;
    if (error) asked.fail(error);
    else asked.done();
  }
}

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  const tick = new Promise((done) => setImmediate(done, pending));
  return (await Promise.race([promise, tick])) === pending;
}

describe('a file that is written beside its place', () => {
  it('is handed to the disk while it is written, and never by much more than that', async () => {
    const disk = new SlowDisk();
    const path = join(folder, 'kept');
    const output = new FileOutput(path, { disk });
    const part = Buffer.alloc(MEGABYTE, 'x');
    for (let at = 0; at < 63; at++) await output.write(part);
    expect(disk.asked).toEqual(['data']);
    // The disk is behind by as much again: whoever writes waits for it.
    const last = Promise.resolve(output.write(part));
    expect(await isPending(last)).toBe(true);
    disk.next();
    await last;
    expect(disk.asked).toEqual(['data', 'data']);
    const finished = output.finish();
    expect(await isPending(finished)).toBe(true);
    disk.next();
    await finished;
    expect(disk.asked).toEqual(['data', 'data', 'all']);
    expect(readFileSync(path).equals(Buffer.alloc(64 * MEGABYTE, 'x'))).toBe(true);
  });

  it.each(['write', 'finish'] as const)(
    'tells by its next %s that the disk would not take what came before',
    async (verb) => {
      const disk = new SlowDisk();
      const path = join(folder, 'kept');
      const output = new FileOutput(path, { disk });
      await output.write(Buffer.alloc(32 * MEGABYTE));
      disk.next(new Error('EIO: i/o error'));
      await new Promise((done) => setImmediate(done));
      const rest = Buffer.alloc(32 * MEGABYTE);
      const next = verb === 'write' ? output.write(rest) : output.finish();
      await expect(next).rejects.toThrow('EIO');
      await output.abandon();
      expect(existsSync(path)).toBe(false);
    },
  );

  it('keeps its descriptor until the disk is done with it, though it is given up', async () => {
    const disk = new SlowDisk();
    const output = new FileOutput(join(folder, 'kept'), { disk });
    await output.write(Buffer.alloc(32 * MEGABYTE));
    const free = nextDescriptor();
    const abandoned = output.abandon();
    expect(await isPending(abandoned)).toBe(true);
    expect(nextDescriptor()).toBe(free);
    disk.next(new Error('EIO: i/o error'));
    await abandoned;
    expect(nextDescriptor()).toBeLessThan(free);
  });
});

/** The system gives the smallest number that is free. */
function nextDescriptor(): number {
  const descriptor = openSync(folder, 'r');
  closeSync(descriptor);
  return descriptor;
}
