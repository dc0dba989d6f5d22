import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../lib/core/ports/object-store.ts';
import { openFileObjectStore } from '../../lib/local/file-object-store.ts';
import {
  decodeName,
  encodeKey,
  ObjectKeyError,
  SUFFIX,
} from '../../lib/local/object-store/key-path.ts';
import { scratchFolder } from './scratch-folder.ts';

const clock = { now: () => 1_700_000_000_000 };

async function open(): Promise<{ store: ObjectStore; directory: string }> {
  const directory = join(await scratchFolder(), 'data-store');
  return { directory, store: await openFileObjectStore({ directory, clock }) };
}

async function textOf(store: ObjectStore, key: string): Promise<string | undefined> {
  const object = await store.get(key);
  if (object === undefined) return undefined;
  let text = '';
  for await (const chunk of object.body) text += Buffer.from(chunk).toString();
  return text;
}

describe('the object store on disk', () => {
  it('shows an ordinary key at the path that it reads like, for its owner alone', async () => {
    const { store, directory } = await open();
    const key = 'phi-data/2026/11/21/06/phi_data_filter-1-2026-11-21-06-00-00-0a.jsonl';
    await store.put(key, Buffer.from('{}\n'));
    expect(await readFile(join(directory, key), 'utf8')).toBe('{}\n');
    expect((await lstat(join(directory, key))).mode & 0o777).toBe(0o400);
    expect((await lstat(join(directory, 'phi-data'))).mode & 0o777).toBe(0o700);
    await store.put(key, Buffer.from('[]\n'));
    expect(await readFile(join(directory, key), 'utf8')).toBe('[]\n');
    await store.delete(key);
    expect(await readdir(directory)).toEqual([]);
  });

  it('shows a key that is also the folder of others under a name beside it', async () => {
    const { store, directory } = await open();
    await store.put('a', Buffer.from('of a'));
    await store.put('a/b/c', Buffer.from('of a/b/c'));
    await store.put('a/b', Buffer.from('of a/b'));
    expect(await readFile(join(directory, 'a%object'), 'utf8')).toBe('of a');
    expect(await readFile(join(directory, 'a/b%object'), 'utf8')).toBe('of a/b');
    expect(await readFile(join(directory, 'a/b/c'), 'utf8')).toBe('of a/b/c');
    await store.delete('a/b/c');
    await store.delete('a/b');
    await store.put('a', Buffer.from('newer'));
    expect(await textOf(store, 'a')).toBe('newer');
    expect(await readdir(directory)).toEqual(['a']);
  });

  it.each([
    '../out',
    '..',
    '.',
    './x',
    '/etc/passwd',
    'a/../../b',
    'nul\0byte',
    '%2E%2E/x',
    '~',
    '\\..\\x',
  ])('keeps the key %j below its folder, and gives it back', async (key) => {
    const { store, directory } = await open();
    await store.put(key, Buffer.from(key));
    expect(await textOf(store, key)).toBe(key);
    expect(await readdir(join(directory, '..'))).toEqual(['data-store', 'data-store.versions']);
    const listed: string[] = [];
    for await (const object of store.list('')) listed.push(object.key);
    expect(listed).toEqual([key]);
  });

  it.each(['', 'x'.repeat(1025), 'lone \ud800 surrogate'])(
    'refuses the key %j by name',
    async (key) => {
      const { store } = await open();
      await expect(store.put(key, Buffer.from('x'))).rejects.toThrow(ObjectKeyError);
    },
  );

  it('lists what is written through one opening to the other, in either order', async () => {
    const { store, directory } = await open();
    const other = await openFileObjectStore({ directory, clock });
    const { etag } = (await store.put('shared', Buffer.from('0'))) as { etag: string };
    const outcomes = await Promise.all(
      [store, other, store, other].map((one, at) =>
        // Not the content that is there: equal content has an equal ETag, and would let one more in.
        one.put('shared', Buffer.from(`new ${at}`), { ifMatch: etag }),
      ),
    );
    expect(outcomes.filter(({ kind }) => kind === 'stored')).toHaveLength(1);
    expect(await textOf(store, 'shared')).toBe(await textOf(other, 'shared'));
  });

  it('keeps a version under retention until its date', async () => {
    const directory = join(await scratchFolder(), 'audit');
    let now = 1000;
    const store = await openFileObjectStore({
      directory,
      clock: { now: () => now },
      retention: 500,
    });
    const outcome = await store.put('entry', Buffer.from('x'));
    if (outcome.kind !== 'stored') throw new Error('not stored');
    expect(await store.deleteVersion('entry', outcome.versionId)).toEqual({
      kind: 'locked',
      until: 1500,
    });
    expect(await textOf(store, 'entry')).toBe('x');
    now = 1500;
    expect(await store.deleteVersion('entry', outcome.versionId)).toEqual({ kind: 'deleted' });
  });
});

describe('keys as paths', () => {
  const key = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 400 })
    .filter((text) => Buffer.byteLength(text) <= 1024);
  const keys = fc.oneof(
    key,
    fc.string({
      unit: fc.constantFrom('a', 'B', '.', '/', '%', 'é', '-'),
      minLength: 1,
      maxLength: 300,
    }),
  );

  /** The key that a walk through the folders would read. */
  function decode(names: readonly string[]): string {
    return names
      .map((name, nth) => {
        const continues = name.endsWith(SUFFIX.continues);
        const text = decodeName(continues ? name.slice(0, -SUFFIX.continues.length) : name)!;
        return continues || nth === names.length - 1 ? text : `${text}/`;
      })
      .join('');
  }

  it.each([true, false])(
    'can be read back, are safe names, and short (folding case: %s)',
    (foldsCase) => {
      fc.assert(
        fc.property(keys, (text) => {
          const names = encodeKey(text, { foldsCase });
          expect(decode(names)).toBe(text);
          for (const name of names) {
            expect(name).toMatch(foldsCase ? /^[a-z0-9_=+,@~.A-F%-]+$/ : /^[\w=+,@~.%-]+$/);
            expect(name).not.toMatch(/^\.{1,2}$|\.$/);
            expect(name.length).toBeLessThan(230);
          }
        }),
      );
    },
  );

  it('stay apart on a file system that folds case', () => {
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        const path = (text: string) => encodeKey(text, { foldsCase: true }).join('/').toLowerCase();
        expect(path(a) === path(b)).toBe(a === b);
      }),
    );
  });
});
