import { archiveNotesContract } from '../contracts/archive-notes.ts';
import { memoryArchiveNotes } from './memory-archive-notes.ts';

archiveNotesContract('memoryArchiveNotes', () => Promise.resolve(memoryArchiveNotes()));
