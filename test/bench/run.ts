import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { formatTable, openTerminal, type Terminal } from '../../bin/terminal/terminal.ts';
import type { BenchSection, BenchSize, BenchTable } from './section.ts';

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    smoke: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const terminal = openTerminal({ plain: options.json });
const size: BenchSize =
  (['smoke', 'quick', 'full'] as const).find((each) => options[each]) ?? 'normal';

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.bench.ts'));
const known = files.map((name) => name.replace('.bench.ts', ''));
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  terminal.note(`There is no section ${unknown.join(', ')}; there are ${known.join(', ')}.`);
  process.exit(2);
}

const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`;
if (!options.json) terminal.print(terminal.style.dim(`${machine}; ${size} size`));
const report: Record<string, BenchTable[]> = {};
for (const name of known.filter((each) => wanted.length === 0 || wanted.includes(each))) {
  const { section } = (await import(`./${name}.bench.ts`)) as { section: BenchSection };
  const tables: BenchTable[] = (report[name] = []);
  for await (const table of section.run(size, (line) => terminal.note(`${name}: ${line}`))) {
    tables.push(table);
    if (!options.json) print(terminal, table);
  }
}
if (options.json) terminal.json({ machine, size, sections: report });

function print(terminal: Terminal, table: BenchTable): void {
  const { style } = terminal;
  terminal.print();
  terminal.print(style.bold(table.title));
  const columns = table.columns.map((head, index) => ({
    head,
    align: index === 0 ? ('left' as const) : ('right' as const),
  }));
  terminal.print(
    formatTable(
      { style },
      columns,
      table.rows.map((row) => row.map(String)),
    ),
  );
  if (table.note !== undefined) terminal.print(style.dim(table.note));
}
