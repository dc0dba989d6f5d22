import type { Command } from 'commander';
import type { VerifyArchiveFlags } from './verify/verify-archive.ts';

interface ProofFlags {
  publicKey: string;
  json?: boolean;
}

/** `lethe verify`: looks for itself, and believes nobody's word. */
export function register(program: Command): void {
  const verify = program
    .command('verify')
    .description('Checks archives, receipts, certificates and audit trails.');
  verify
    .command('archive')
    .description('Searches an archive again, all versions in S3: exit code 1 when a row is left.')
    .argument('<archive>', 'a directory, or s3://bucket/prefix')
    .requiredOption('--removal-criteria <file>', 'whose rows must be gone')
    .option('--format <format>', 'auto, jsonl, snowplow, csv, firehose-failures or parquet', 'auto')
    .option('--strict-types', 'do not let "12345" match 12345')
    .option('--ignore-case', 'compare the names of fields without regard to case')
    .option('--json', 'print the findings as JSON')
    .action(async (archive: string, flags: VerifyArchiveFlags) => {
      const [{ openTerminal }, { runVerifyArchive }] = await Promise.all([
        import('../terminal/terminal.ts'),
        import('./verify/verify-archive.ts'),
      ]);
      process.exitCode = await runVerifyArchive(openTerminal(), archive, flags);
    });
  verify
    .command('receipt')
    .description('Checks a receipt, or the certificate of an archive run, offline.')
    .argument('<file>', 'the receipt (JSON) or certificate (NDJSON)')
    .requiredOption('--public-key <file>', 'the issuer’s public key or certificate, PEM')
    .option('--json', 'print the verdict as JSON')
    .action(async (file: string, flags: ProofFlags) => {
      const [{ openTerminal }, { runVerifyReceipt }] = await Promise.all([
        import('../terminal/terminal.ts'),
        import('./verify/verify-receipt.ts'),
      ]);
      process.exitCode = await runVerifyReceipt(openTerminal(), file, flags);
    });
  verify
    .command('certificates')
    .description('Checks all certificates of a folder, and that none between them is missing.')
    .argument('<directory>', 'the certificates, with the heads of their chains where they are')
    .requiredOption('--public-key <file>', 'the issuer’s public key or certificate, PEM')
    .option('--json', 'print the verdicts as JSON')
    .action(async (directory: string, flags: ProofFlags) => {
      const [{ openTerminal }, { runVerifyCertificates }] = await Promise.all([
        import('../terminal/terminal.ts'),
        import('./verify/verify-certificates.ts'),
      ]);
      process.exitCode = await runVerifyCertificates(openTerminal(), directory, flags);
    });
  verify
    .command('audit')
    .description('Detects entries of audit chains that were altered, dropped or moved.')
    .argument('<place>', 'a file, a folder of entries, or the state of a local target')
    .option(
      '--receipt <file>',
      'the receipt of a request: its chain must reach as far as that says',
    )
    .option('--json', 'print the verdicts as JSON')
    .action(async (place: string, flags: { receipt?: string; json?: boolean }) => {
      const [{ openTerminal }, { runVerifyAudit }] = await Promise.all([
        import('../terminal/terminal.ts'),
        import('./verify/verify-audit.ts'),
      ]);
      process.exitCode = await runVerifyAudit(openTerminal(), place, flags);
    });
}
