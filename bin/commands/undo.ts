import type { Command } from 'commander';

interface UndoFlags {
  expire?: boolean;
  stateDirectory: string;
  json?: boolean;
}

/** `lethe undo`: gives back what a run has removed, or ends that possibility. */
export function register(program: Command): void {
  program
    .command('undo')
    .description(
      'Gives back the rows that an erase run has removed, while its undo window is open.',
    )
    .argument('[run]', 'the run, as `lethe erase` printed it')
    .option(
      '--expire',
      'destroy the key and what it sealed: of this run, or of all whose window ended',
    )
    .option('--state-directory <directory>', 'where runs and sealed patches are kept', '.lethe')
    .option('--json', 'print the summary as JSON')
    .action(async (run: string | undefined, flags: UndoFlags) => {
      const [{ openTerminal }, { runUndo }] = await Promise.all([
        import('../terminal/terminal.ts'),
        import('./erase/run-undo.ts'),
      ]);
      process.exitCode = await runUndo(openTerminal(), run, flags);
    });
}
