import type {
  ArchiveNotes,
  GatherNote,
  LookNote,
  VerifiedNote,
} from '../../lib/core/ports/archive-notes.ts';

/** Notes in memory. */
export function memoryArchiveNotes(): ArchiveNotes {
  const verified = new Map<string, VerifiedNote>();
  const looks = new Map<string, LookNote>();
  const gatherings = new Map<string, GatherNote>();
  return {
    verified: (subject) => Promise.resolve(structuredClone(verified.get(subject))),
    saveVerified: (subject, note) => {
      verified.set(subject, structuredClone(note));
      return Promise.resolve();
    },
    look: (subject) => Promise.resolve(structuredClone(looks.get(subject))),
    saveLook: (subject, note) => {
      looks.set(subject, structuredClone(note));
      return Promise.resolve();
    },
    gathering: (task) => Promise.resolve(structuredClone(gatherings.get(task))),
    saveGathering: (task, note) => {
      gatherings.set(task, structuredClone(note));
      return Promise.resolve();
    },
  };
}
