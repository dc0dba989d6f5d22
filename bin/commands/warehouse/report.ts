import type { Discovery } from '../../../lib/core/warehouse/discovery/discover-columns.ts';
import { formatQuantity } from '../../terminal/numbers.ts';
import { formatTable, type Terminal } from '../../terminal/terminal.ts';
import { escapeUnseen } from '../discover/printable.ts';
import type { FoundTags } from './run-discover.ts';

/** The findings as people read them: columns, then who must be told. */
export function printDiscovery(
  terminal: Terminal,
  { columns, differences, access }: Discovery,
): void {
  const mark = (holds: boolean): string => (holds ? 'yes' : '');
  if (columns.length === 0) terminal.note('No personal column by tag, by name or by data map.');
  else {
    const rows = columns.map(({ schema, table, column, byTag, byName, byDataMap, isMissing }) => [
      escapeUnseen(`${schema}.${table}.${column}`),
      ...[byTag, byName, byDataMap].map(mark),
      isMissing ? terminal.style.red('missing') : '',
    ]);
    const heads = ['column', 'tag', 'name', 'data map', ''];
    terminal.print(
      formatTable(
        terminal,
        heads.map((head) => ({ head })),
        rows,
      ),
    );
    terminal.note(`${formatQuantity(differences.length, 'column')} where the three differ.`);
  }
  if (access.length === 0) return;
  const rows = access.map(({ schema, table, kind, name, permissions }) => [
    escapeUnseen(`${schema}.${table}`),
    `${kind} ${escapeUnseen(name)}`,
    permissions.join(', '),
  ]);
  const heads = ['table', 'who has access', 'permissions'];
  terminal.print(
    formatTable(
      terminal,
      heads.map((head) => ({ head })),
      rows,
    ),
  );
}

/** The tags of the warehouse itself and of its snapshots, where they differ from the data map. */
export function printMistagged(terminal: Terminal, tags: FoundTags): void {
  if (tags.kind === 'unread') {
    terminal.note(`Tags of the warehouse and its snapshots could not be read: ${tags.fault}.`);
    return;
  }
  for (const resource of tags.mistagged) {
    for (const { key, wanted, found } of resource.differences) {
      terminal.print(
        `${resource.kind} ${escapeUnseen(resource.name)}: ${key} is ${quoted(found)}, not ${quoted(wanted)}`,
      );
    }
  }
  const count = formatQuantity(tags.mistagged.length, 'resource');
  terminal.note(`${count} tagged otherwise than the data map says; see lethe warehouse tag.`);
}

function quoted(value: string | undefined): string {
  return value === undefined ? 'not set' : escapeUnseen(JSON.stringify(value));
}
