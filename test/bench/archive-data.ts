import { closeSync, openSync, writeSync } from 'node:fs';
import { SNOWPLOW_COLUMNS } from '../../lib/core/erasure/criteria/snowplow-columns.ts';

/** The same numbers in every run. */
class Dice {
  #state = 12_345;

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_103_515_245) + 12_345) >>> 0;
    return (this.#state >>> 8) % limit;
  }
}

const NAMES = ['Gnoll', 'Ann', 'Zoë Müller', "Bob O'Neil", 'Christopher Longname'];
const FIRST_CUSTOMER = 100_000_000;
const CUSTOMERS = 2_000_000;

function jsonRow(n: number, dice: Dice): string {
  return JSON.stringify({
    event_id: `e-${n}-${dice.below(1e9)}`,
    name: NAMES[dice.below(NAMES.length)],
    customer_id: String(FIRST_CUSTOMER + (n % CUSTOMERS)),
    email: `user${dice.below(1e7)}@example.com`,
    dob: `19${10 + dice.below(80)}-0${1 + dice.below(9)}-1${dice.below(9)}`,
    data_share_consent: dice.below(2) === 0,
    amount: dice.below(100_000) / 100,
    items: [{ sku: `s${dice.below(1e5)}`, qty: dice.below(9) }],
    address: { street: `${dice.below(999)} Some Street`, zip: `${10_000 + dice.below(89_999)}` },
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
    evnt_time: `2021-01-31T20:31:26.${100_000 + dice.below(899_999)}`,
    note: 'x'.repeat(20 + dice.below(60)),
  });
}

function snowplowRow(n: number, dice: Dice): string {
  const columns: Record<string, string> = {
    app_id: 'shop',
    collector_tstamp: '2021-01-31 20:31:26.114',
    event_id: `e-${n}-${dice.below(1e9)}`,
    user_id: String(FIRST_CUSTOMER + (n % CUSTOMERS)),
    user_ipaddress: `10.0.${dice.below(256)}.${dice.below(256)}`,
    page_url: `https://example.com/page/${dice.below(1e6)}`,
    useragent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
    unstruct_event: `{"schema":"iglu:a/u/jsonschema/1-0-0","data":{"schema":"iglu:a/click/jsonschema/1-0-0","data":{"target":${dice.below(1e6)}}}}`,
  };
  return SNOWPLOW_COLUMNS.map((name) => columns[name] ?? '').join('\t');
}

/** Writes rows, from number `first` on, until the file has `bytes` bytes; answers how many. */
export function writeArchive(
  path: string,
  kind: 'json' | 'snowplow',
  bytes: number,
  first = 0,
): number {
  const dice = new Dice();
  const row = kind === 'json' ? jsonRow : snowplowRow;
  const file = openSync(path, 'w');
  let rows = first;
  for (let written = 0; written < bytes;) {
    let text = '';
    for (let n = 0; n < 5000; n++) text += `${row(rows++, dice)}\n`;
    written += writeSync(file, text);
  }
  closeSync(file);
  return rows - first;
}

/** Ids of which half are customers of the archive; one alone is one. */
export function writeCriteria(path: string, field: string, ids: number, rows: number): void {
  const known = Math.min(rows, CUSTOMERS);
  const file = openSync(path, 'w');
  let text = '';
  for (let n = 0; n < ids; n++) {
    const isThere = n % 2 === 0;
    const id = FIRST_CUSTOMER + (isThere ? Math.floor((n / ids) * known) : CUSTOMERS + n);
    text += `${JSON.stringify({ match: { [field]: String(id) } })}\n`;
    if (text.length > 1e6) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, text);
  closeSync(file);
}
