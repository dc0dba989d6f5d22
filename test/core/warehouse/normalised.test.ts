import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normaliseIdentifier } from '../../../lib/core/suppression/normalise.ts';
import { normalised } from '../../../lib/core/warehouse/sql/dialect.ts';
import { COMMA, identifier, joined, sql } from '../../../lib/core/warehouse/sql/statement.ts';
import { writtenKeys } from '../../../lib/core/warehouse/written-keys.ts';
import { dataMap } from '../../../lib/data-map.ts';
import {
  openMemoryWarehouse,
  type LocalWarehouse,
} from '../../../lib/local/warehouse/pglite-warehouse.ts';

let warehouse: LocalWarehouse;
beforeAll(async () => {
  warehouse = await openMemoryWarehouse();
});
afterAll(() => warehouse.close());

/** Every character that `trim` takes away. */
const WHITE_SPACE = Array.from({ length: 0xffff }, (_, code) =>
  String.fromCharCode(code + 1),
).filter((character) => character.trim() === '');

/** Letters in circles, which the local database takes for symbols, and what came into Unicode since 2020. */
const UNKNOWN_TO_DATABASE =
  /[\u24b6-\u24cf\u1c89\u2c2f\ua7c0-\ua7f5\u{10570}-\u{105bf}\u{10d40}-\u{10d8f}\u{16ea0}-\u{16ed3}]/u;

/** Many at once, each as a column of one row. */
async function allInDatabase(texts: readonly string[]): Promise<unknown[]> {
  const columns = texts.map((text, at) => {
    const value = normalised(warehouse.dialect, 'trim-lowercase', sql`CAST(${text} AS TEXT)`);
    return sql`${value} AS ${identifier(`made_${at}`)}`;
  });
  const [row] = await warehouse.query(sql`SELECT ${joined(columns, COMMA)}`);
  return texts.map((_, at) => row?.[`made_${at}`]);
}

async function inDatabase(text: string): Promise<unknown> {
  const [made] = await allInDatabase([text]);
  return made;
}

describe('an identifier in a column is made equal to one in a request', () => {
  it('whatever white space stands around it', async () => {
    expect(WHITE_SPACE.length).toBeGreaterThan(20);
    for (const space of WHITE_SPACE) {
      const written = `${space}Ann@Example.com${space}${space}`;
      expect(await inDatabase(written)).toBe('ann@example.com');
      expect(normaliseIdentifier('trim-lowercase', written)).toBe('ann@example.com');
    }
  });

  it('in any script that has capitals', async () => {
    for (const written of [
      'ÅSA ÖBERG',
      'ЖАННА',
      'ΝΙΚΗ',
      'ŁÓDŹ',
      'ÇAĞ',
      'Ǆ',
      'ԱՆԻ',
      'İPEK',
      'ΟΔΟΣ ΟΔΟΣ',
    ]) {
      expect(await inDatabase(written)).toBe(normaliseIdentifier('trim-lowercase', written));
    }
  });

  it('by every letter of Unicode that has a small form', async () => {
    const capitals = Array.from({ length: 0x110000 }, (_, code) => code)
      .filter((code) => code < 0xd800 || code > 0xdfff)
      .map((code) => String.fromCodePoint(code))
      .filter((letter) => letter.toLowerCase() !== letter && letter.normalize('NFC') === letter)
      .filter((letter) => !UNKNOWN_TO_DATABASE.test(letter));
    expect(capitals.length).toBeGreaterThan(1_300);
    const different: string[] = [];
    for (let from = 0; from < capitals.length; from += 250) {
      const texts = capitals.slice(from, from + 250).map((letter) => `a${letter}b ${letter}`);
      const made = await allInDatabase(texts);
      texts.forEach((text, at) => {
        if (made[at] !== normaliseIdentifier('trim-lowercase', text)) different.push(text);
      });
    }
    expect(different).toEqual([]);
  });

  it('whether its marks are letters of their own or not', async () => {
    for (const name of ['Å.Öberg@Example.com', 'Ệ', 'ΆΝΝΑΣ', 'İ', 'がん', '한글']) {
      const keys = writtenKeys(dataMap, [{ identifier: 'email', value: name }]).map(
        ({ value }) => value,
      );
      for (const written of [name, name.normalize('NFC'), name.normalize('NFD')]) {
        expect(keys, written).toContain(await inDatabase(written));
      }
    }
  });

  it('and keeps white space within', async () => {
    expect(await inDatabase(' a b\u00a0c ')).toBe('a b\u00a0c');
  });
});
