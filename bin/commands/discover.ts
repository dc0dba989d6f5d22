import type { Command } from 'commander';
import type { DiscoverFlags } from './discover/options.ts';

/** `lethe discover`: names fields that look like personal data and that the data map lacks. */
export function register(program: Command): void {
  program
    .command('discover')
    .description('Samples files and names fields that look personal but are not in the data map.')
    .argument(
      '<archive>',
      'a directory or s3://bucket/prefix of JSON Lines, Snowplow TSV, CSV, Parquet; plain, gzip or zstd',
    )
    .option('--rows <number>', 'rows to look at in each file', '1000')
    .option('--objects <number>', 'files to look at, chosen by the seed if there are more', '200')
    .option('--seed <number>', 'chooses files and rows; the same seed gives the same choice', '1')
    .option('--strict', 'exit with 1 when a field is not in the data map or a file is unreadable')
    .option('--json', 'print the findings as JSON')
    .action(async (archive: string, flags: DiscoverFlags) => {
      const [{ openTerminal }, { runDiscover }] = await Promise.all([
        import('../terminal/terminal.ts'),
        import('./discover/run-discover.ts'),
      ]);
      process.exitCode = await runDiscover(openTerminal(), archive, flags);
    });
}
