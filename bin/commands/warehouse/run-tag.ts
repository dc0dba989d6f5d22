import { tableTags, type TagDifference } from '../../../lib/core/catalogue/resource-tags.ts';
import {
  findMistagged,
  type MistaggedResource,
  tagAsMapped,
} from '../../../lib/core/catalogue/tag-resources.ts';
import { formatQuantity } from '../../terminal/numbers.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { failureCode } from '../failure-code.ts';
import { escapeUnseen } from '../discover/printable.ts';
import { UsageError } from '../erase/usage-error.ts';
import { openResources } from './open-resources.ts';
import { readDataMap, type WarehouseFlags } from './options.ts';

type TagFlags = Pick<WarehouseFlags, 'cluster' | 'workgroup' | 'dataMap' | 'dryRun' | 'json'>;

/** Tags the warehouse and its snapshots as the data map says, and answers the exit code. */
export async function runTag(terminal: Terminal, flags: TagFlags): Promise<number> {
  try {
    return await tagAll(terminal, flags);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.note(escapeUnseen(error.message));
      return 2;
    }
    const code = failureCode(error);
    if (code === undefined) throw error;
    terminal.note(`lethe warehouse tag: AWS answered ${code}; what was printed is done`);
    return 1;
  }
}

async function tagAll(terminal: Terminal, flags: TagFlags): Promise<number> {
  const { dryRun = false, json = false } = flags;
  const wanted = tableTags(await readDataMap(flags));
  const opened = await openResources(flags);
  if (opened === undefined) throw new UsageError('--cluster or --workgroup: say what to tag');
  const { resources, close } = opened;
  try {
    const { seen, mistagged } = await findMistagged(resources, wanted);
    if (seen === 0) {
      terminal.note('There is no such cluster or workgroup: see --cluster, --workgroup.');
      return 1;
    }
    let tagged = 0;
    for (const resource of mistagged) {
      if (!dryRun && (await tagAsMapped(resources, resource)) === 'missing') continue;
      tagged++;
      if (!json) for (const line of linesOf(resource)) terminal.print(line);
    }
    if (json) terminal.json({ kind: dryRun ? 'dry-run' : 'tagged', seen, resources: mistagged });
    const verb = dryRun ? 'would be tagged' : 'tagged';
    terminal.note(`${formatQuantity(tagged, 'resource')} of ${seen} ${verb}.`);
    return 0;
  } finally {
    close();
  }
}

/** One line for each tag that is set, with what was there. */
function linesOf({ kind, name, differences }: MistaggedResource): string[] {
  const was = ({ found }: TagDifference): string =>
    found === undefined ? 'not set' : escapeUnseen(JSON.stringify(found));
  return differences.map(
    (one) =>
      `${kind} ${escapeUnseen(name)}: ${one.key} = ${JSON.stringify(one.wanted)} (was ${was(one)})`,
  );
}
