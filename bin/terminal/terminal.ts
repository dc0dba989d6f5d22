import Table from 'cli-table3';
import pc from 'picocolors';

/** Where a command writes. Standard output carries results, standard error everything else. */
export interface Terminal {
  readonly style: Style;
  /** Whether standard error is a terminal that a progress bar can redraw. */
  readonly isInteractive: boolean;
  /** Columns to fill at most. */
  readonly width: number;
  /** A line of the result. */
  print(line?: string): void;
  /** A line beside the result: progress, warnings. */
  note(line: string): void;
  /** A result for machines, on one line. */
  json(value: unknown): void;
}

/** Paints text; leaves it as it is when colours are off. */
type Style = Readonly<
  Record<'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', (text: string) => string>
>;

export interface TerminalOptions {
  /** Colours are off then, as in a pipe. @default false */
  plain?: boolean;
}

/**
 * The terminal of this process. Colours follow NO_COLOR, FORCE_COLOR and whether standard output is
 * a terminal (no-color.org).
 */
export function openTerminal({ plain = false }: TerminalOptions = {}): Terminal {
  const { stdout, stderr, env } = process;
  const noColour = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  const colour = !plain && !noColour && (forced || stdout.isTTY) && env['TERM'] !== 'dumb';
  return {
    style: pc.createColors(colour),
    isInteractive: stderr.isTTY && env['TERM'] !== 'dumb',
    width: Math.max(40, stdout.columns > 0 ? stdout.columns : 100),
    print: (line = '') => stdout.write(`${line}\n`),
    note: (line) => stderr.write(`${line}\n`),
    json: (value) => stdout.write(`${JSON.stringify(value)}\n`),
  };
}

export interface Column {
  head: string;
  /** @default left */
  align?: 'left' | 'right';
}

/** A table as text, without a line break at its end. Cells may be painted. */
export function formatTable(
  { style }: Pick<Terminal, 'style'>,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const table = new Table({
    head: columns.map(({ head }) => style.bold(head)),
    colAligns: columns.map(({ align = 'left' }) => align),
    // Our own paint, which knows when colours are off.
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}
