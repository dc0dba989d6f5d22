import type { Command } from 'commander';

export interface RedactOptions {
  stream?: string;
  at?: string;
  failed?: string;
  json?: true;
}

export function register(program: Command): void {
  program
    .command('redact')
    .description(
      'redact JSON Lines from standard input to standard output, as the stream filter does',
    )
    .option('--stream <name>', 'store of the data map whose rules apply; needed if it has several')
    .option('--at <time>', 'time of redaction to write, ISO 8601 in UTC; now if left out')
    .option('--failed <file>', 'where lines go, as they came, that are no JSON object')
    .option('--json', 'counts as one JSON object on standard error')
    .addHelpText(
      'after',
      `
Lines of those who consent pass byte for byte. Lines that are no JSON object are left out, told on
standard error by number and reason, and make the exit code 1 once the rest is done. Fields that the
data map hashes need a key of at least 32 bytes, as base64, in LETHE_HASH_KEY.`,
    )
    .action(async (options: RedactOptions) => {
      const { runRedact } = await import('./redact-run.ts');
      process.exitCode = await runRedact(options);
    });
}
