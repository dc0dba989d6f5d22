import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openStorage } from '../../bin/commands/serve-storage.ts';
import type { DeadLetter } from '../../lib/core/ports/dead-letters.ts';
import { root } from '../house/import-graph.ts';
import { scratchFolder } from '../local/scratch-folder.ts';
import { freePort, startServe } from './serve-child.ts';

const run = promisify(execFile);

async function redrive(directory: string, ...given: string[]) {
  const args = [join(root, 'bin/lethe.js'), 'redrive', '--directory', directory, ...given];
  const { stdout } = await run(process.execPath, args);
  return stdout;
}

async function listed(directory: string): Promise<readonly DeadLetter[]> {
  const text = await redrive(directory, '--list', '--json');
  return (JSON.parse(text) as { letters: DeadLetter[] }).letters;
}

/** Looks until the letters are as they should be; answers them. */
async function until(
  directory: string,
  isMet: (letters: readonly DeadLetter[]) => boolean,
): Promise<readonly DeadLetter[]> {
  for (let look = 0; look < 100; look++) {
    const letters = await listed(directory);
    if (isMet(letters)) return letters;
    await wait(200);
  }
  throw new Error('the letters never were as they should be');
}

const RUBBISH = 'CANARY-PERSON is no JSON';
const FORGED = JSON.stringify({
  ...{ kind: 'task-event', eventId: 'e', dsrId: 'd', taskId: 'orders', attempt: 1, at: 1 },
  ...{ source: 'executor', outcome: { kind: 'succeeded', affected: 1 } },
});

describe('lethe redrive', () => {
  it('sends dead letters again, to the running target and to the next that starts', async () => {
    const directory = await scratchFolder();
    const storage = await openStorage(directory, { now: () => Date.now() });
    for (const text of [RUBBISH, FORGED]) {
      await storage.eventStream.put([{ partitionKey: 'k', data: Buffer.from(text) }]);
    }
    await storage.close();

    const port = await freePort();
    let child = await startServe(directory, '--hurry', '--port', port);
    const first = await until(directory, (letters) => letters.length === 2);
    expect(first.map(({ consumer, reason }) => `${consumer} ${reason}`).sort()).toEqual([
      'completion malformed',
      'completion unsigned',
    ]);
    expect(await redrive(directory, '--list')).not.toContain('CANARY');

    // Still forged, so it comes back as another letter, from another place in the stream.
    expect(await redrive(directory, '--reason', 'unsigned')).toContain('1 dead letter: sent again');
    const ids = new Set(first.map(({ id }) => id));
    const isNew = ({ id, reason }: DeadLetter) => reason === 'unsigned' && !ids.has(id);
    const second = await until(directory, (letters) => letters.some(isNew));
    expect(second.map(({ reason }) => reason).sort()).toEqual(['malformed', 'unsigned']);
    await child.stop('SIGTERM');

    await redrive(directory, '--reason', 'malformed');
    expect(await listed(directory)).toHaveLength(2);
    child = await startServe(directory, '--hurry', '--port', port);
    const isMoved = ({ id, reason }: DeadLetter) => reason === 'malformed' && !ids.has(id);
    await until(directory, (letters) => letters.length === 2 && letters.some(isMoved));
    await child.stop('SIGTERM');
  });

  it('tells a directory that nobody served from one without letters', async () => {
    const directory = await scratchFolder();
    await expect(redrive(directory)).rejects.toMatchObject({ code: 2 });
    await (await openStorage(directory, { now: () => Date.now() })).close();
    expect(await redrive(directory)).toBe('0 dead letters.\n');
  });
});
