import type { Command } from 'commander';

interface TagFlags {
  readonly cluster?: string;
  readonly workgroup?: string;
  readonly dataMap?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `lethe warehouse tag`: says on the warehouse and its snapshots what the data map says of them. */
export function registerTag(warehouse: Command): void {
  warehouse
    .command('tag')
    .description('Tags the warehouse and its snapshots as the data map says.')
    .option('--workgroup <name>', 'Redshift Serverless, with its namespace')
    .option('--cluster <id>', 'a Redshift cluster')
    .option('--data-map <file>', 'a data map as JSON, in place of lib/data-map.ts')
    .option('--dry-run', 'print only')
    .option('--json', 'print the outcome as JSON')
    .action(async (flags: TagFlags) => {
      const [{ openTerminal }, { runTag }] = await Promise.all([
        import('../../terminal/terminal.ts'),
        import('./run-tag.ts'),
      ]);
      process.exitCode = await runTag(openTerminal(), flags);
    });
}
