import { openFileObjectStore } from '../../../lib/local/file-object-store.ts';
import { dieBeforeStep } from './die-at.ts';

// Does one thing to the object "folder/key", and dies before its n-th step on the disk.
const [directory, action, step] = process.argv.slice(2) as [string, string, string];
const store = await openFileObjectStore({ directory, clock: { now: () => Date.now() } });
const current = await store.get('folder/key');
let bytes = 0;
for await (const chunk of current?.body ?? []) bytes += chunk.length;
if (bytes === 0) throw new Error('there is no object to begin with');
await dieBeforeStep(Number(step));
if (action === 'put') {
  await store.put('folder/key', Buffer.from('new content'), { metadata: { generation: 'new' } });
} else if (action === 'delete') {
  await store.delete('folder/key');
} else if (action === 'open') {
  await openFileObjectStore({ directory, clock: { now: () => Date.now() } });
} else {
  await store.deleteVersion('folder/key', current!.versionId);
}
process.stdout.write('done\n');
