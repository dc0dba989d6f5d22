import { expect, it } from 'vitest';
import { all, type OpenedStore } from './opened-store.ts';

/** Keys that S3 tells apart and file systems may not. */
const AWKWARD_KEYS = [
  'a',
  'a/b',
  'a.txt',
  'a0',
  'A',
  'a//b',
  'a/b/',
  'with space/and+plus&more=1?x#y',
  '100%/%2F',
  'dots.',
  '.hidden/file',
  'quote"\'<>\\|*:;',
  'caf\u00e9',
  'cafe\u0301',
  '\ud83d\ude00',
  '\uffee',
  `long/${'n'.repeat(600)}/${'m'.repeat(400)}`,
  `long/${'n'.repeat(600)}`,
  `long/${'n'.repeat(200)}`,
  `long/${'n'.repeat(199)}.`,
];

const byUtf8 = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Keys and their order. */
export function listingsContract(opened: OpenedStore): void {
  it('tells awkward keys apart, and lists them in order of their UTF-8 bytes', async () => {
    for (const key of AWKWARD_KEYS) await opened.put(key, `content of ${key}`);
    for (const key of AWKWARD_KEYS) expect(await opened.text(key)).toBe(`content of ${key}`);
    const sorted = [...AWKWARD_KEYS].sort(byUtf8);
    expect((await all(opened.store.list(''))).map(({ key }) => key)).toEqual(sorted);
    expect((await all(opened.store.listVersions(''))).map(({ key }) => key)).toEqual(sorted);
    for (const prefix of ['a', 'a/', 'a/b', 'long/n', 'caf', 'no such']) {
      expect((await all(opened.store.list(prefix))).map(({ key }) => key)).toEqual(
        sorted.filter((key) => key.startsWith(prefix)),
      );
    }
  });

  it('lists from any key on, without that key, whether it is there or not', async () => {
    for (const key of AWKWARD_KEYS) await opened.put(key, 'old');
    for (const key of AWKWARD_KEYS) await opened.put(key, 'new');
    const sorted = [...AWKWARD_KEYS].sort(byUtf8);
    for (const [at, after] of sorted.entries()) {
      const rest = sorted.slice(at + 1);
      const current = await all(opened.store.list('', { after }));
      expect(current.map(({ key }) => key)).toEqual(rest);
      const versions = await all(opened.store.listVersions('', { after }));
      expect(versions.map(({ key }) => key)).toEqual(rest.flatMap((key) => [key, key]));
    }
    const below = sorted.filter((key) => key.startsWith('a') && byUtf8(key, 'a/0') > 0);
    const found = await all(opened.store.list('a', { after: 'a/0' }));
    expect(found.map(({ key }) => key)).toEqual(below);
  });

  it('lists versions by key, each key with its newest first and one latest', async () => {
    for (const body of ['1', '22', '333']) {
      await opened.put('b', body);
      await opened.put('a', body);
    }
    const versions = await all(opened.store.listVersions(''));
    expect(versions.map(({ key, size, isLatest }) => [key, size, isLatest])).toEqual([
      ['a', 3, true],
      ['a', 2, false],
      ['a', 1, false],
      ['b', 3, true],
      ['b', 2, false],
      ['b', 1, false],
    ]);
    const current = await all(opened.store.list(''));
    expect(current.map(({ key, size, isLatest }) => [key, size, isLatest])).toEqual([
      ['a', 3, true],
      ['b', 3, true],
    ]);
  });
}
