import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customerEvent } from './children/customer-event.ts';
import { bundleChild, runChild } from './children/run-child.ts';
import { scratchFolder } from './scratch-folder.ts';

const ROUNDS = 12;
/** More than a round has time for: it is killed while it works. */
const EVENTS_A_ROUND = 2000;

/** A small generator with a seed, so that a failing run can be repeated (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function filesBelow(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length + 1), await readFile(path, 'utf8'));
  }
  return files;
}

describe('producing and delivering, killed with SIGKILL again and again', () => {
  let child: Awaited<ReturnType<typeof bundleChild>>;
  beforeAll(async () => {
    child = await bundleChild('pipeline.child.ts');
  });
  afterAll(() => child.remove());

  it('loses no accepted event, leaves no half object, and lets no personal data through', async () => {
    const directory = await scratchFolder();
    const random = seeded(20_261_121);
    const accepted: number[] = [];
    let killed = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const first = 1 + round * EVENTS_A_ROUND;
      // By turns at a step on the disk, early and late, and at any moment.
      const step = round % 3 === 2 ? 0 : 1 + Math.floor(random() ** 2 * 900);
      const run = await runChild(
        child.path,
        [directory, String(first), String(EVENTS_A_ROUND), String(step)],
        step === 0 ? 60 + random() * 250 : undefined,
      );
      expect(run.errors).toBe('');
      if (run.signal === 'SIGKILL') killed += 1;
      accepted.push(...run.lines.filter((line) => line !== 'done').map(Number));
    }
    expect(killed).toBeGreaterThan(ROUNDS / 2);
    expect(accepted.length).toBeGreaterThan(500);
    // The last one only delivers what is left.
    const last = await runChild(child.path, [directory, '0', '0', '0']);
    expect(last).toMatchObject({ code: 0, lines: ['done'], errors: '' });

    const archive = await filesBelow(join(directory, 'data-store'));
    const lines = new Map<string, string>();
    const failed = new Set<string>();
    for (const [path, text] of archive) {
      expect(text.endsWith('\n')).toBe(true);
      for (const line of text.split('\n').slice(0, -1)) {
        if (path.startsWith('phi-errors/')) {
          const { rawData } = JSON.parse(line) as { rawData: string };
          failed.add(Buffer.from(rawData, 'base64').toString());
        } else {
          const { name } = JSON.parse(line) as { name: string };
          lines.set(name, line);
        }
      }
    }
    const wrong = accepted.filter((id) => {
      const { kind, text } = customerEvent(id);
      if (kind === 'malformed') return !failed.has(text);
      const line = lines.get(`evt-${id}`);
      if (kind === 'consenting') return line !== text;
      const { data_redacted_at, ...rest } = JSON.parse(line ?? '{}') as Record<string, unknown>;
      const expected = {
        ...(JSON.parse(text) as object),
        dob: 'REDACTED_CONTENT',
        ssn_no: 'REDACTED_CONTENT',
        data_redacted: true,
      };
      return (
        typeof data_redacted_at !== 'string' || JSON.stringify(rest) !== JSON.stringify(expected)
      );
    });
    expect(wrong).toEqual([]);

    // Every byte at rest, older versions and leftovers included; failed records are in base64.
    const versions = await filesBelow(join(directory, 'data-store.versions'));
    const everything = [...archive.values(), ...versions.values()].join('\n');
    const found = new Set(everything.match(/\d{9}/g));
    const leaked = Array.from({ length: ROUNDS * EVENTS_A_ROUND }, (_, id) => customerEvent(id))
      .filter(({ kind, ssn }) => kind === 'unconsenting' && found.has(ssn))
      .map(({ ssn }) => ssn);
    expect(leaked).toEqual([]);
    expect([...versions.keys()].filter((path) => path.includes('%staging'))).toEqual([]);
    const objects = [...versions.keys()].filter((path) => path.endsWith('.data'));
    expect(objects).toHaveLength(archive.size);
  });
});
