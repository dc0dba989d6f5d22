import { describe, expect, it } from 'vitest';
import type { ArchiveNotes } from '../../lib/core/ports/archive-notes.ts';

/** What every adapter of ArchiveNotes keeps to. */
export function archiveNotesContract(name: string, make: () => Promise<ArchiveNotes>): void {
  describe(`${name} keeps to the port ArchiveNotes`, () => {
    it('knows nothing of a subject of whom nothing was noted', async () => {
      const notes = await make();
      await notes.saveVerified('one', { runId: 'run-1', since: 1, endedAt: 2 });
      expect(await notes.verified('another')).toBeUndefined();
      expect(await notes.look('one')).toBeUndefined();
    });

    it('answers what was noted last, each kind for itself', async () => {
      const notes = await make();
      await notes.saveVerified('one', { runId: 'run-1', since: 1, endedAt: 2 });
      await notes.saveVerified('one', { runId: 'run-2', since: 3, endedAt: 4 });
      await notes.saveLook('one', { startedAt: 5 });
      expect(await notes.look('one')).toEqual({ startedAt: 5 });
      const reply = { kind: 'present', erasable: 3 } as const;
      await notes.saveLook('one', { startedAt: 5, reply });
      expect(await notes.look('one')).toEqual({ startedAt: 5, reply });
      await notes.saveLook('one', { startedAt: 6, reply: { kind: 'failed', code: 'c' } });
      expect(await notes.look('one')).toEqual({
        startedAt: 6,
        reply: { kind: 'failed', code: 'c' },
      });
      expect(await notes.verified('one')).toEqual({ runId: 'run-2', since: 3, endedAt: 4 });
    });

    it('answers how far work has come that takes several calls', async () => {
      const notes = await make();
      const within = { key: 'phi-data/ä c', versionId: 'null', etag: '"1"' };
      const position = { place: 1, after: 'phi-data/ä b', within };
      const look = {
        startedAt: 5,
        progress: {
          ...{ position, erasable: 1, suspected: 2 },
          ...{ passStartedAt: 5, since: 0, isCatchUp: false },
        },
      };
      await notes.saveLook('one', { ...look, workedSince: 6 });
      expect(await notes.look('one')).toEqual({ ...look, workedSince: 6 });
      await notes.saveLook('one', look);
      expect(await notes.look('one')).toEqual(look);
      const progress = { position: { place: 0 }, affected: 3, parts: ['rows/1'], putSince: 4 };
      await notes.saveGathering('d/archive', { startedAt: 1, workedSince: 2, progress });
      expect(await notes.gathering('d/archive')).toEqual({
        ...{ startedAt: 1, workedSince: 2, progress },
      });
    });

    it('answers what was noted last of a task’s gathering', async () => {
      const notes = await make();
      expect(await notes.gathering('d/archive')).toBeUndefined();
      await notes.saveGathering('d/archive', { startedAt: 1 });
      expect(await notes.gathering('d/archive')).toEqual({ startedAt: 1 });
      const mediaType = 'application/x-ndjson';
      const data = { kind: 'reference', location: 's3://bucket/key', mediaType } as const;
      const note = { startedAt: 1, reply: { kind: 'done', affected: 3, data } } as const;
      await notes.saveGathering('d/archive', note);
      expect(await notes.gathering('d/archive')).toEqual(note);
      expect(await notes.gathering('e/archive')).toBeUndefined();
    });
  });
}
