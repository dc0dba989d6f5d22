import type { Command } from 'commander';

interface ExportFlags {
  readonly format: string;
  readonly dataMap?: string;
}

/** `lethe warehouse export`: what catalogues are to be told of the tables, from the data map alone. */
export function registerExport(warehouse: Command): void {
  warehouse
    .command('export')
    .description('Prints what a catalogue is to be told of the tables, as JSON.')
    .requiredOption('--format <format>', 'datazone or lake-formation')
    .option('--data-map <file>', 'a data map as JSON, in place of lib/data-map.ts')
    .action(async (flags: ExportFlags) => {
      const [{ openTerminal }, { runExport }] = await Promise.all([
        import('../../terminal/terminal.ts'),
        import('./run-export.ts'),
      ]);
      process.exitCode = await runExport(openTerminal(), flags.format, flags.dataMap);
    });
}
