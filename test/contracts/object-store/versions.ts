import { expect, it } from 'vitest';
import { all, type OpenedStore } from './opened-store.ts';

/** What becomes of older versions. */
export function versionsContract(opened: OpenedStore): void {
  it('keeps older versions, with their own bytes and attributes', async () => {
    const first = await opened.store.put('key', Buffer.from('one'), { contentType: 'text/one' });
    const second = await opened.store.put('key', Buffer.from('two'), { contentType: 'text/two' });
    if (first.kind !== 'stored' || second.kind !== 'stored') throw new Error('not stored');
    expect(first.versionId).not.toBe(second.versionId);
    expect(await opened.text('key')).toBe('two');
    expect(await opened.text('key', first.versionId)).toBe('one');
    expect((await opened.store.get('key', { versionId: first.versionId }))?.contentType).toBe(
      'text/one',
    );
  });

  it('hides a key behind a delete marker and shows it again without the marker', async () => {
    const { versionId } = await opened.put('key', 'one');
    await opened.store.delete('key');
    expect(await opened.store.get('key')).toBeUndefined();
    expect(await all(opened.store.list(''))).toEqual([]);
    expect(await opened.text('key', versionId)).toBe('one');
    const [marker, old] = await all(opened.store.listVersions('key'));
    expect(marker).toMatchObject({ isDeleteMarker: true, isLatest: true });
    expect(old).toMatchObject({ versionId, isDeleteMarker: false, isLatest: false });
    expect(await opened.store.get('key', { versionId: marker!.versionId })).toBeUndefined();
    expect(await opened.store.deleteVersion('key', marker!.versionId)).toEqual({ kind: 'deleted' });
    expect(await opened.text('key')).toBe('one');
  });

  it('takes one version away for good and leaves the others', async () => {
    const one = await opened.put('key', 'one');
    const two = await opened.put('key', 'two');
    const three = await opened.put('key', 'three');
    expect(await opened.store.deleteVersion('key', two.versionId)).toEqual({ kind: 'deleted' });
    expect(await opened.store.get('key', { versionId: two.versionId })).toBeUndefined();
    expect(await opened.store.deleteVersion('key', three.versionId)).toEqual({ kind: 'deleted' });
    expect(await opened.text('key')).toBe('one');
    expect(await opened.store.deleteVersion('key', one.versionId)).toEqual({ kind: 'deleted' });
    expect(await opened.store.get('key')).toBeUndefined();
    expect(await all(opened.store.listVersions(''))).toEqual([]);
    // S3 answers success also for a version that it no longer has.
    const again = await opened.store.deleteVersion('key', one.versionId);
    expect(['deleted', 'missing']).toContain(again.kind);
  });

  it('takes a key again after its last version was taken away', async () => {
    const { versionId } = await opened.put('key', 'one');
    await opened.store.deleteVersion('key', versionId);
    expect((await opened.store.put('key', Buffer.from('two'), { ifAbsent: true })).kind).toBe(
      'stored',
    );
    expect(await opened.text('key')).toBe('two');
    expect(await all(opened.store.listVersions('key'))).toHaveLength(1);
  });
}
