import { describe, expect, it } from 'vitest';
import {
  LONGEST_RETENTION,
  purgeStep,
  type PurgeState,
  restrictedBackup,
  snapshotsToPurge,
} from '../../../lib/core/warehouse/snapshots/purge-snapshot.ts';
import { memorySnapshots } from '../../fakes/memory-warehouse-snapshots.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 31);
const TAGS = { PersonalData: 'contact', Retention: '730 days' };

/** Source: Redshift API reference, cluster and snapshot identifiers. */
const NAME = /^(?=.{1,63}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

function openSnapshots() {
  const memory = memorySnapshots(() => NOW);
  const put = (id: string, takenAt: number, retentionDays: number, isManual = true) =>
    memory.taken.set(id, {
      snapshot: {
        id,
        takenAt,
        retentionDays,
        isManual,
        tags: { DataOwner: 'sales', 'aws:backup:x': 'y' },
      },
      rows: new Set(['anna', 'ben']),
    });
  const cleanse = (id: string) => {
    memory.restored.get(id)?.delete('anna');
    return Promise.resolve(true);
  };
  return { ...memory, put, deps: { snapshots: memory.snapshots, cleanse, tags: TAGS, now: NOW } };
}

describe('the purge of snapshots', () => {
  it('chooses those that hold what was erased and would outlive 29 days more', async () => {
    const { put, snapshots } = openSnapshots();
    put('for-ever', NOW - 90 * DAY, -1);
    put('long', NOW - DAY, 365);
    put('short', NOW - DAY, 7);
    put('automatic', NOW - DAY, 35, false);
    put('later', NOW + DAY, 365);
    const plans = await snapshotsToPurge(snapshots, NOW);
    expect(plans.map(({ snapshot }) => snapshot.id)).toEqual(['for-ever', 'long']);
  });

  it('restores, deletes, takes a fresh one, and deletes the old one last', async () => {
    const { put, deps, taken, restored } = openSnapshots();
    put('old', NOW - 90 * DAY, -1);
    const [plan] = await snapshotsToPurge(deps.snapshots, NOW);
    const steps: string[] = [];
    let state: PurgeState = { step: 'restore' };
    while (state.step !== 'done') {
      steps.push(state.step);
      expect([...taken.values()].some(({ rows }) => rows.has('ben'))).toBe(true);
      state = await purgeStep(deps, plan!, state);
    }
    expect([...new Set(steps)]).toEqual([
      ...['restore', 'await-restore', 'delete', 'snapshot', 'await-snapshot', 'drop'],
    ]);
    expect([...taken.keys()]).toEqual(['old-purged']);
    const fresh = taken.get('old-purged')!;
    expect([...fresh.rows]).toEqual(['ben']);
    expect(fresh.snapshot).toMatchObject({
      retentionDays: LONGEST_RETENTION,
    });
    // Nobody but AWS may set what begins with aws:.
    expect(fresh.snapshot.tags).toEqual({ DataOwner: 'sales', ...TAGS });
    expect(restored.size).toBe(0);
  });

  it('ends in the same state when every step is done twice', async () => {
    const { put, deps, taken } = openSnapshots();
    put('old', NOW - DAY, 365);
    const [plan] = await snapshotsToPurge(deps.snapshots, NOW);
    let state: PurgeState = { step: 'restore' };
    while (state.step !== 'done') {
      await purgeStep(deps, plan!, state);
      state = await purgeStep(deps, plan!, state);
    }
    expect([...taken.keys()]).toEqual(['old-purged']);
    expect([...taken.get('old-purged')!.rows]).toEqual(['ben']);
  });

  it('keeps the old snapshot when something fails, or nobody forgot yet', async () => {
    const { put, deps, taken } = openSnapshots();
    put('old', NOW - DAY, 365);
    const [plan] = await snapshotsToPurge(deps.snapshots, NOW);
    expect(await purgeStep(deps, plan!, { step: 'await-restore' })).toEqual({
      ...{ step: 'failed', at: 'await-restore' },
    });
    const notYet = { ...deps, cleanse: () => Promise.resolve(false) };
    expect(await purgeStep(notYet, plan!, { step: 'delete' })).toEqual({ step: 'delete' });
    expect([...taken.keys()]).toEqual(['old']);
  });
});

describe('the names of a purge', () => {
  it.each([
    ['old', 'lethe-purge-old', 'old-purged'],
    // As AWS Backup calls its own; and what would end too long or with two hyphens.
    ['awsbackup:job-1', expect.stringMatching(NAME), expect.stringMatching(NAME)],
    ['a'.repeat(255), expect.stringMatching(NAME), expect.stringMatching(NAME)],
    ['odd-', expect.stringMatching(NAME), expect.stringMatching(NAME)],
  ])('are such as the services take for %s, and always the same', async (id, restored, fresh) => {
    const { put, snapshots } = openSnapshots();
    put(id, NOW - DAY, -1);
    const [plan] = await snapshotsToPurge(snapshots, NOW);
    expect(plan).toMatchObject({ restoredId: restored as string, freshId: fresh as string });
    expect(await snapshotsToPurge(snapshots, NOW)).toEqual([plan]);
    expect(plan!.restoredId).toMatch(/^lethe-purge-/);
  });
});

describe('the backup before a deletion', () => {
  it('lives 29 days, is tagged, and has one name for one run', () => {
    const backup = restrictedBackup('run-1/Ä', TAGS);
    expect(backup).toEqual(restrictedBackup('run-1/Ä', TAGS));
    expect(backup).toMatchObject({ retentionDays: 29, tags: { ...TAGS, Access: 'restricted' } });
    expect(backup.id).toMatch(NAME);
  });
});
