import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileOutput, HashedOutput } from '../../bin/commands/erase/file-output.ts';
import { hashWhileWritten } from '../../bin/commands/erase/hash-while-written.ts';
import { WrittenSoFar } from '../../bin/commands/erase/written-so-far.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'lethe-hash-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('the hash of a file that another thread writes', () => {
  it('is that of all of it, read in many pieces', async () => {
    const path = join(folder, 'kept');
    const written = new WrittenSoFar();
    const output = new FileOutput(path, { written });
    const same = new HashedOutput(join(folder, 'same'));
    for (let part = 0; part < 40; part++) {
      const bytes = Buffer.alloc(100_003, part);
      await output.write(bytes);
      await same.write(bytes);
    }
    await output.finish();
    await same.finish();
    const hash = hashWhileWritten(path, new WrittenSoFar(written.shared));
    expect(hash).toBe(same.digest());
  });

  it('is that of nothing for an empty file', async () => {
    const path = join(folder, 'kept');
    const written = new WrittenSoFar();
    await new FileOutput(path, { written }).finish();
    expect(hashWhileWritten(path, written)).toBe(createHash('sha256').digest('hex'));
  });

  it('is none when the writer gave up, before its file was there or after', async () => {
    const written = new WrittenSoFar();
    written.fail();
    expect(hashWhileWritten(join(folder, 'never'), written)).toBeUndefined();

    const begun = new WrittenSoFar();
    const output = new FileOutput(join(folder, 'kept'), { written: begun });
    await output.write(Buffer.from('half'));
    await output.abandon();
    expect(hashWhileWritten(join(folder, 'kept'), begun)).toBeUndefined();
  });

  it('fails when the file was taken away again after its end', async () => {
    const written = new WrittenSoFar();
    const output = new FileOutput(join(folder, 'kept'), { written });
    await output.write(Buffer.from('all'));
    await output.finish();
    await output.abandon();
    expect(() => hashWhileWritten(join(folder, 'kept'), written)).toThrow('ENOENT');
  });

  it('fails when bytes that were written are not there', () => {
    const path = join(folder, 'kept');
    writeFileSync(path, 'short');
    const written = new WrittenSoFar();
    written.add(6);
    written.end();
    expect(() => hashWhileWritten(path, written)).toThrow('what was written is not there');
  });
});
