import type { Command } from 'commander';
import type { IndexFlags } from './index/options.ts';

/** `lethe index`: writes the membership filters of an archive that was there before them. */
export function register(program: Command): void {
  program
    .command('index')
    .description('Writes a filter beside each object, so that erasures read only what may match.')
    .argument('<archive>', 'a directory, or s3://bucket/prefix')
    .option(
      '--filters <place>',
      'where filters go, apart from the archive: a directory, or s3://bucket',
    )
    .option('--identifiers <paths>', 'comma-separated paths (default: those of the data map)')
    .option('--format <format>', 'auto, jsonl, snowplow, csv, firehose-failures or parquet', 'auto')
    .option('--key-secret <name>', 'AWS secret with the key of the filters; needed for s3://')
    .option('--state-directory <directory>', 'where the key of local filters is kept', '.lethe')
    .option('--json', 'print the summary as JSON')
    .action(async (archive: string, flags: IndexFlags) => {
      const [{ openTerminal }, { runIndex }] = await Promise.all([
        import('../terminal/terminal.ts'),
        import('./index/run-index.ts'),
      ]);
      process.exitCode = await runIndex(openTerminal(), archive, flags);
    });
}
