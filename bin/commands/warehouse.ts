import type { Command } from 'commander';
import { registerExport } from './warehouse/export.ts';
import type { WarehouseFlags, WarehouseVerb } from './warehouse/options.ts';
import { registerTag } from './warehouse/tag.ts';

/** `lethe warehouse`: finds, prepares and empties what the warehouse holds of people. */
export function register(program: Command): void {
  const warehouse = program
    .command('warehouse')
    .description('Finds, prepares and empties what the data warehouse holds of people.');
  const add = (verb: WarehouseVerb, description: string): Command =>
    warehouse
      .command(verb)
      .description(description)
      .option('--directory <directory>', 'state of the local target', '.lethe')
      .option('--workgroup <name>', 'Redshift Serverless, in place of the local warehouse')
      .option('--cluster <id>', 'a Redshift cluster, in place of the local warehouse')
      .option('--database <name>', 'of the workgroup or cluster', 'dev')
      .option('--secret-arn <arn>', 'in Secrets Manager; else temporary credentials')
      .option('--data-map <file>', 'a data map as JSON, in place of lib/data-map.ts')
      .option('--json', 'print the outcome as JSON')
      .action(async (flags: WarehouseFlags) => {
        const [{ openTerminal }, { runWarehouse }] = await Promise.all([
          import('../terminal/terminal.ts'),
          import('./warehouse/run-warehouse.ts'),
        ]);
        process.exitCode = await runWarehouse(openTerminal(), verb, flags);
      });
  add('discover', 'Names personal columns by tag, by name and by data map, and who has access.')
    .option('--pattern <expression>', 'what names of personal tables or columns hold', 'pii')
    .option('--strict', 'exit with 1 where tag, name and data map differ');
  add('plan', 'Prints the statements that would prepare the warehouse; changes nothing.');
  add('apply', 'Prints each of these statements and then runs it.');
  add('forget', 'Deletes all rows that are flagged and due, in one pass.')
    .option('--maximum-matching-proportion <number>', 'most of a table that a pass may take', '0.1')
    .option('--dry-run', 'count only');
  registerTag(warehouse);
  registerExport(warehouse);
}
