import type { ArchiveNotes, LookNote, VerifiedNote } from '../../lib/core/ports/archive-notes.ts';

/** Notes in memory. */
export function memoryArchiveNotes(): ArchiveNotes {
  const verified = new Map<string, VerifiedNote>();
  const looks = new Map<string, LookNote>();
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
  };
}
