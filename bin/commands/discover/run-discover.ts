import { startProgress, type Progress } from '../../terminal/progress.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { UsageError } from '../erase/usage-error.ts';
import { discoverFiles } from './discover-files.ts';
import type { DiscoverFlags } from './options.ts';
import { escapeUnseen } from './printable.ts';
import { printFindings } from './report.ts';

/** Runs the command and answers its exit code. */
export async function runDiscover(
  terminal: Terminal,
  archive: string,
  flags: DiscoverFlags,
): Promise<number> {
  let bar: Progress | undefined;
  let done = 0;
  const observer = {
    begin: (total: number) => {
      if (!terminal.isInteractive) return;
      bar = startProgress(terminal, { label: 'sampling', noun: 'files', total });
    },
    done: (files: number) => {
      done = files;
      bar?.update(files);
    },
  };
  try {
    const summary = await discoverFiles(archive, flags, observer, new Date());
    bar?.finish(done);
    if (flags.json === true) terminal.json(summary);
    else printFindings(terminal, summary);
    const { findings, unreadable, tooManyFields } = summary;
    const clean = findings.length === 0 && unreadable.length === 0 && !tooManyFields;
    return flags.strict === true && !clean ? 1 : 0;
  } catch (error) {
    bar?.abandon();
    if (!(error instanceof UsageError)) throw error;
    terminal.note(escapeUnseen(error.message));
    return 2;
  }
}
