import { expect, it } from 'vitest';
import { all, type OpenedStore } from './opened-store.ts';

/** Writes that depend on what is there. */
export function conditionsContract(opened: OpenedStore): void {
  it('gives equal ETags of one key to equal content alone', async () => {
    const one = await opened.put('key', 'same');
    const two = await opened.put('key', 'different');
    const three = await opened.put('key', 'same');
    expect(one.etag).toBe(three.etag);
    expect(one.etag).not.toBe(two.etag);
  });

  it('stores under If-Match only while the current version is the one that was read', async () => {
    const { etag } = await opened.put('key', 'one');
    expect((await opened.store.put('key', Buffer.from('two'), { ifMatch: etag })).kind).toBe(
      'stored',
    );
    expect(await opened.store.put('key', Buffer.from('three'), { ifMatch: etag })).toEqual({
      kind: 'changed',
    });
    expect(await opened.text('key')).toBe('two');
    expect(await all(opened.store.listVersions('key'))).toHaveLength(2);
  });

  it('refuses If-Match on a key that is absent or was deleted', async () => {
    const { etag } = await opened.put('key', 'one');
    expect((await opened.store.put('absent', Buffer.from('x'), { ifMatch: etag })).kind).toBe(
      'changed',
    );
    await opened.store.delete('key');
    expect((await opened.store.put('key', Buffer.from('x'), { ifMatch: etag })).kind).toBe(
      'changed',
    );
    expect(await opened.store.get('absent')).toBeUndefined();
  });

  it('stores under ifAbsent only while there is no current version', async () => {
    const ifAbsent = true;
    expect((await opened.store.put('key', Buffer.from('one'), { ifAbsent })).kind).toBe('stored');
    expect((await opened.store.put('key', Buffer.from('two'), { ifAbsent })).kind).toBe('changed');
    expect(await opened.text('key')).toBe('one');
    await opened.store.delete('key');
    expect((await opened.store.put('key', Buffer.from('three'), { ifAbsent })).kind).toBe('stored');
    expect(await opened.text('key')).toBe('three');
  });

  it('lets one of many conditional writers at a time win', async () => {
    const { etag } = await opened.put('shared', 'start');
    const writers = Array.from({ length: 12 }, (_, at) => Buffer.from(`writer ${at}`));
    const matching = await Promise.all(
      writers.map((body) => opened.store.put('shared', body, { ifMatch: etag })),
    );
    expect(matching.filter(({ kind }) => kind === 'stored')).toHaveLength(1);
    const absent = await Promise.all(
      writers.map((body) => opened.store.put('fresh', body, { ifAbsent: true })),
    );
    expect(absent.filter(({ kind }) => kind === 'stored')).toHaveLength(1);
    expect(await all(opened.store.listVersions('fresh'))).toHaveLength(1);
  });
}
