import { flattenRecord } from './flatten-record.ts';
import type { PersonalRecord } from './source.ts';

/** Most columns of one file; a spreadsheet takes 16,384. What is beyond stands in data.json. */
const MAX_COLUMNS = 1_000;

/** Columns in the order in which records bring them up. */
export class Columns {
  readonly #names = new Set<string>();

  see(record: PersonalRecord): void {
    for (const name of flattenRecord(record).keys()) {
      if (this.#names.size < MAX_COLUMNS) this.#names.add(name);
    }
  }

  get names(): readonly string[] {
    return [...this.#names];
  }
}

/**
 * One store's records as CSV (RFC 4180, UTF-8 with a mark, so that spreadsheets read it rightly).
 * A text that a spreadsheet would run as a formula gets an apostrophe before it.
 * Source: OWASP, CSV injection.
 */
export async function* writeCsv(
  columns: readonly string[],
  records: AsyncIterable<PersonalRecord>,
): AsyncGenerator<string, void, undefined> {
  yield '\ufeff' + columns.map(cell).join(',') + '\r\n';
  for await (const record of records) {
    const flat = flattenRecord(record);
    yield columns.map((name) => cell(flat.get(name) ?? '')).join(',') + '\r\n';
  }
}

function cell(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  // Spreadsheets skip white space before they look for a formula; wide forms count as well.
  const safe = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n']|^\s|\s$/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
