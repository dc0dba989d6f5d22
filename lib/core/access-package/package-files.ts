import { encodeChunks } from './encode-chunks.ts';
import type { PackageSource } from './source.ts';
import { Columns, writeCsv } from './write-csv.ts';
import { writeHtml } from './write-html.ts';
import { writeJson } from './write-json.ts';
import { zipEntries, type ZipEntry } from './zip-entries.ts';

/**
 * The access package as a zip, written while it is read: `index.html` for people, `data.json` with
 * everything exactly, `csv/<store>.csv` for spreadsheets. Reads the source four times over rather
 * than holding any of it: once for the columns, and once for each kind of file.
 */
export function packageZip(source: PackageSource): AsyncGenerator<Uint8Array, void, undefined> {
  return zipEntries(files(source), new Date(source.receivedAt));
}

async function* files(source: PackageSource): AsyncGenerator<ZipEntry, void, undefined> {
  yield { name: 'index.html', chunks: encodeChunks(writeHtml(source)) };
  yield { name: 'data.json', chunks: encodeChunks(writeJson(source)) };
  const columns = await readColumns(source);
  for await (const { store, records } of source.sections()) {
    const names = columns.get(store)?.names ?? [];
    yield { name: `csv/${store}.csv`, chunks: encodeChunks(writeCsv(names, records)) };
  }
}

async function readColumns(source: PackageSource): Promise<Map<string, Columns>> {
  const columns = new Map<string, Columns>();
  for await (const { store, records } of source.sections()) {
    const seen = new Columns();
    for await (const record of records) seen.see(record);
    columns.set(store, seen);
  }
  return columns;
}
