import type { Command } from 'commander';
import type { EraseFlags } from './erase/options.ts';

/** `lethe erase`: takes data subjects' rows out of files at rest. */
export function register(program: Command): void {
  program
    .command('erase')
    .description(
      "Takes data subjects' rows out of an archive: JSON Lines, Snowplow TSV, CSV, Parquet.",
    )
    .requiredOption('--removal-criteria <file>', 'whose rows go: one criterion a line')
    .requiredOption(
      '--input-directory <directory>',
      'the archive: a directory, or s3://bucket/prefix',
    )
    .requiredOption(
      '--maximum-matching-proportion <number>',
      'stop before any write when more than this part of the rows matches, 0 to 1',
    )
    .option('--non-matching-output-directory <directory>', 'write what is kept here (s3: or s3://)')
    .option('--in-place', 'replace the files, each at once')
    .option('--matching-output-directory <directory>', 'write what is removed here (s3: or s3://)')
    .option('--format <format>', 'auto, jsonl, snowplow, csv, firehose-failures or parquet', 'auto')
    .option('--dry-run', 'search and count; write nothing')
    .option(
      '--residue-report',
      "count kept rows that hold a subject's value elsewhere, as in free text",
    )
    .option('--strict-types', 'do not let "12345" match 12345')
    .option('--ignore-case', 'compare the names of fields without regard to case')
    .option('--jobs <number>', 'worker threads (default: one a core)')
    .option('--undo-window <days>', 'how long `lethe undo` can give rows back; 0: never', '7')
    .option('--filters <directory>', 'read only files that may match, by what `lethe index` wrote')
    .option('--key-secret <name>', 's3: the secret in Secrets Manager with the filters’ key')
    .option('--settle <seconds>', 's3: wait so long for what is on its way, and search it too', '0')
    .option('--state-directory <directory>', 'where runs and sealed patches are kept', '.lethe')
    .option('--json', 'print the summary as JSON')
    .action(async (flags: EraseFlags) => {
      const [{ openTerminal }, { runErase }] = await Promise.all([
        import('../terminal/terminal.ts'),
        import('./erase/run-erase.ts'),
      ]);
      process.exitCode = await runErase(openTerminal(), flags);
    });
}
