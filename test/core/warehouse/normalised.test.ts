import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normaliseIdentifier } from '../../../lib/core/suppression/normalise.ts';
import { normalised } from '../../../lib/core/warehouse/sql/dialect.ts';
import { sql } from '../../../lib/core/warehouse/sql/statement.ts';
import {
  openPgliteWarehouse,
  type LocalWarehouse,
} from '../../../lib/local/warehouse/pglite-warehouse.ts';

let warehouse: LocalWarehouse;
beforeAll(async () => {
  warehouse = await openPgliteWarehouse();
});
afterAll(() => warehouse.close());

/** Every character that `trim` takes away. */
const WHITE_SPACE = Array.from({ length: 0xffff }, (_, code) =>
  String.fromCharCode(code + 1),
).filter((character) => character.trim() === '');

async function inDatabase(text: string): Promise<unknown> {
  const column = sql`CAST(${text} AS TEXT)`;
  const value = normalised(warehouse.dialect, 'trim-lowercase', column);
  const [row] = await warehouse.query(sql`SELECT ${value} AS made`);
  return row?.['made'];
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
    for (const written of ['ÅSA ÖBERG', 'ЖАННА', 'ΝΙΚΗ', 'ŁÓDŹ', 'ÇAĞ', 'Ǆ', 'ԱՆԻ']) {
      expect(await inDatabase(written)).toBe(normaliseIdentifier('trim-lowercase', written));
    }
  });

  it('and keeps white space within', async () => {
    expect(await inDatabase(' a b\u00a0c ')).toBe('a b\u00a0c');
  });
});
