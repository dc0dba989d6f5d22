import { businessMetadata } from '../../../lib/core/catalogue/business-metadata.ts';
import { lakeFormationTags } from '../../../lib/core/catalogue/lake-formation-tags.ts';
import { personalTables } from '../../../lib/core/catalogue/personal-tables.ts';
import type { DataMap } from '../../../lib/core/data-map/schema.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { escapeUnseen } from '../discover/printable.ts';
import { UsageError } from '../erase/usage-error.ts';
import { readDataMap } from './options.ts';

const FORMATS: Readonly<Record<string, (map: DataMap) => object>> = {
  datazone: businessMetadata,
  'lake-formation': (map) => lakeFormationTags(personalTables(map)),
};

/** Prints the catalogue entries and answers the exit code. */
export async function runExport(
  terminal: Terminal,
  format: string,
  dataMap: string | undefined,
): Promise<number> {
  try {
    const entriesOf = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
    if (entriesOf === undefined) {
      throw new UsageError(`--format: expected ${Object.keys(FORMATS).join(' or ')}`);
    }
    terminal.json(entriesOf(await readDataMap(dataMap === undefined ? {} : { dataMap })));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.note(escapeUnseen(error.message));
    return 2;
  }
}
