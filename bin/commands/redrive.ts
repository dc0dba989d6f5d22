import type { Command } from 'commander';

interface RedriveFlags {
  directory: string;
  consumer?: string;
  reason?: string;
  list?: boolean;
  json?: boolean;
}

/** `lethe redrive`: sends again what nobody on this machine could handle. */
export function register(program: Command): void {
  program
    .command('redrive')
    .description('Puts dead letters of the local target back on the streams they came from.')
    .option('--directory <path>', 'where everything is kept', '.lethe')
    .option('--consumer <name>', 'only those of one consumer, such as completion')
    .option('--reason <code>', 'only those with one reason, such as wrongly-signed')
    .option('--list', 'show them, and send nothing')
    .option('--json', 'print the summary as JSON')
    .action(async (flags: RedriveFlags) => {
      const [{ openTerminal }, { runRedrive }] = await Promise.all([
        import('../terminal/terminal.ts'),
        import('./redrive-run.ts'),
      ]);
      process.exitCode = await runRedrive(openTerminal(), flags);
    });
}
