import { describe, expect, it } from 'vitest';
import { dataMap } from '../../../lib/data-map.ts';
import { openIndexedArchive } from '../../../lib/local/archive-filters/indexed-archive.ts';
import { openFileObjectStore } from '../../../lib/local/file-object-store.ts';
import { objectStoreContract } from '../../contracts/object-store/contract.ts';
import { matcherOf } from '../../core/erasure/archive-bytes.ts';
import { scratchFolder } from '../scratch-folder.ts';

async function openArchive(directory: string) {
  const clock = { now: Date.now };
  const files = await openFileObjectStore({ directory: `${directory}/data-store`, clock });
  return openIndexedArchive(directory, files, dataMap);
}

objectStoreContract('the local target’s archive', async () => {
  const { objects: store } = await openArchive(await scratchFolder());
  return { store };
});

describe('the local target’s archive', () => {
  const row = (ssn: number) => `{"ssn_no":"${ssn}","name":"${'n'.repeat(90)}"}\n`;
  const ask = async (
    { objects, filters }: Awaited<ReturnType<typeof openArchive>>,
    ssn: string,
  ): Promise<string> => {
    const stored = await objects.get('phi-data/a.jsonl');
    // Only what it is called is wanted; leaving the body closes its file.
    for await (const part of stored!.body) if (part.length > 0) break;
    const matcher = matcherOf([{ match: { ssn_no: ssn } }]);
    return (await filters.mayHold(stored!, matcher, 'jsonl')).kind;
  };

  it('knows without reading it that an object does not hold somebody, at the next start too', async () => {
    const directory = await scratchFolder();
    const archive = await openArchive(directory);
    const rows = Array.from({ length: 500 }, (_, nth) => row(900_000_000 + nth)).join('');
    await archive.objects.put('phi-data/a.jsonl', Buffer.from(rows));
    const again = await openArchive(directory);
    for (const one of [archive, again]) {
      expect([await ask(one, '900000007'), await ask(one, '911111111')]).toEqual([
        'read',
        'absent',
      ]);
    }
  });
});
