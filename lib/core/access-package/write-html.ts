import { escapeHtml } from '../notices/escape-html.ts';
import { flattenRecord } from './flatten-record.ts';
import type { PackageSource, PersonalRecord, Section } from './source.ts';

/** Records of one store on the page; a browser bears no more. All of them are in the other files. */
const SHOWN = 500;

const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}' +
  'table{border-collapse:collapse;margin:0 0 1.5rem;width:100%}' +
  'th,td{border:1px solid #ccc;padding:.25rem .5rem;text-align:left;vertical-align:top;' +
  'overflow-wrap:anywhere}th{width:16rem;background:#f4f4f4}';

/** `index.html`: the data as a person reads it, in one file that loads nothing and runs nothing. */
export async function* writeHtml(source: PackageSource): AsyncGenerator<string, void, undefined> {
  yield (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">` +
    `<title>Your data</title><style>${STYLE}</style></head><body><main><h1>Your data</h1>` +
    `<p>Request ${escapeHtml(source.dsrId)}, received on ` +
    `${new Date(source.receivedAt).toISOString().slice(0, 10)}. ` +
    'The same data is in data.json, exactly, and in the folder csv, for spreadsheets.</p>'
  );
  let sections = 0;
  for await (const section of source.sections()) {
    sections++;
    yield* writeSection(section);
  }
  if (sections === 0) yield '<p>We hold no data about you.</p>';
  yield '</main></body></html>\n';
}

async function* writeSection(section: Section): AsyncGenerator<string, void, undefined> {
  const { store, description, legalBasis, retentionDays, owner } = section;
  yield (
    `<h2>${escapeHtml(description)}</h2><p>Store ${escapeHtml(store)}, kept by ` +
    `${escapeHtml(owner)} for ${retentionDays} days. Legal basis: ${escapeHtml(legalBasis)}.</p>`
  );
  let count = 0;
  for await (const record of section.records) {
    count++;
    if (count <= SHOWN) yield writeRecord(record);
  }
  if (count > SHOWN) {
    yield `<p>${count - SHOWN} more are in csv/${escapeHtml(store)}.csv and data.json.</p>`;
  }
}

function writeRecord(record: PersonalRecord): string {
  const rows = [...flattenRecord(record)].map(
    ([name, value]) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(String(value ?? ''))}</td></tr>`,
  );
  return `<table><tbody>${rows.join('')}</tbody></table>`;
}
