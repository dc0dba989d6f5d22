import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFileObjectStore } from '../../lib/local/file-object-store.ts';
import { bundleChild, runChild } from './children/run-child.ts';
import { scratchFolder } from './scratch-folder.ts';

const clock = { now: () => Date.now() };
const OLD = 'old content';

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => join(parentPath, name));
}

/** What each action makes of the old object, once it is done. */
const ACTIONS = {
  put: { current: 'new content', versions: 2 },
  delete: { current: undefined, versions: 2 },
  'delete-version': { current: undefined, versions: 0 },
} as const;

describe('a process killed at any step on the disk', () => {
  let child: Awaited<ReturnType<typeof bundleChild>>;
  beforeAll(async () => {
    child = await bundleChild('object-store.child.ts');
  });
  afterAll(() => child.remove());

  it.each(Object.keys(ACTIONS) as (keyof typeof ACTIONS)[])(
    'leaves the old or the new state of a %s, and no leftovers',
    async (action) => {
      const after = ACTIONS[action];
      let deaths = 0;
      for (let step = 1; ; step += 1) {
        const directory = join(await scratchFolder(), 'store');
        const store = await openFileObjectStore({ directory, clock });
        await store.put('folder/key', Buffer.from(OLD), { metadata: { generation: 'old' } });
        const run = await runChild(child.path, [directory, action, String(step)]);
        if (run.signal === null) {
          expect(run.lines).toEqual(['done']);
          break;
        }
        deaths += 1;
        // Half of the time the next process dies as well, while it cleans up.
        if (step % 2 === 0) await runChild(child.path, [directory, 'open', String(step / 2)]);

        const again = await openFileObjectStore({ directory, clock });
        const object = await again.get('folder/key');
        let content: string | undefined;
        if (object !== undefined) {
          content = '';
          for await (const chunk of object.body) content += Buffer.from(chunk).toString();
          expect(object.metadata).toEqual({ generation: content.slice(0, 3) });
        }
        expect([OLD, after.current]).toContain(content);

        let versions = 0;
        for await (const version of again.listVersions('')) {
          expect(version.key).toBe('folder/key');
          versions += 1;
        }
        const isNew = content !== OLD;
        expect(versions).toBe(isNew ? after.versions : 1);

        // The folder that people open says the same.
        const shown = await filesBelow(directory);
        expect(shown).toEqual(content === undefined ? [] : [join(directory, 'folder/key')]);
        if (content !== undefined) expect(await readFile(shown[0]!, 'utf8')).toBe(content);

        // Bytes of no version are bytes that no erasure would find.
        const apart = await filesBelow(`${directory}.versions`);
        const withBytes = versions - (action === 'delete' && isNew ? 1 : 0);
        expect(apart.filter((path) => path.endsWith('.data'))).toHaveLength(withBytes);
        expect(apart.filter((path) => path.includes('%staging'))).toEqual([]);
      }
      expect(deaths).toBeGreaterThan(5);
    },
  );
});
