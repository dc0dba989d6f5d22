import { describe, expect, it } from 'vitest';
import { type Warehouse, WarehouseError } from '../../lib/core/ports/warehouse.ts';
import { guard } from '../../lib/core/warehouse/sql/guard.ts';
import { sql } from '../../lib/core/warehouse/sql/statement.ts';

/** What every adapter of the port Warehouse keeps. `open` answers one with an empty table `things`. */
export function warehouseContract(name: string, open: () => Promise<Warehouse>): void {
  const rows = (warehouse: Warehouse) =>
    warehouse.query(sql`SELECT id, name FROM things ORDER BY id`);

  describe(`the warehouse ${name}`, () => {
    it('runs statements as one transaction and counts what each changed', async () => {
      const warehouse = await open();
      const outcome = await warehouse.transact(
        [
          sql`INSERT INTO things (id, name) VALUES (${1}, ${'a'}), (${2}, ${null}), (${3}, ${''})`,
          sql`UPDATE things SET name = ${'b'} WHERE id >= ${2}`,
          sql`DELETE FROM things WHERE id = ${9}`,
        ],
        't1',
      );
      expect(outcome).toEqual({ kind: 'committed', counts: [3, 2, 0] });
      expect(await rows(warehouse)).toEqual([
        { id: 1, name: 'a' },
        { id: 2, name: 'b' },
        { id: 3, name: 'b' },
      ]);
    });

    it('does nothing at all when one statement fails, and says which', async () => {
      const warehouse = await open();
      const outcome = await warehouse.transact(
        [
          sql`INSERT INTO things (id, name) VALUES (${1}, ${'a'})`,
          guard(sql`(SELECT COUNT(*) FROM things) > ${5}`),
        ],
        't2',
      );
      expect(outcome).toEqual({ kind: 'rolled-back', fault: 'guard', at: 1 });
      expect(await rows(warehouse)).toEqual([]);
    });

    it('goes on past a guard that holds', async () => {
      const warehouse = await open();
      const outcome = await warehouse.transact(
        [guard(sql`NOT EXISTS (SELECT 1 FROM things)`), sql`DELETE FROM things`],
        't3',
      );
      expect(outcome.kind).toBe('committed');
    });

    it('names a missing table, and quotes nothing', async () => {
      const warehouse = await open();
      expect(await warehouse.transact([sql`DELETE FROM nothing_here`], 't4')).toMatchObject({
        ...{ kind: 'rolled-back', fault: 'no-such-object' },
      });
      const read = warehouse.query(sql`SELECT a FROM nothing_here WHERE a = ${'secret'}`);
      await expect(read).rejects.toThrow(WarehouseError);
      await expect(read).rejects.toThrow('no-such-object');
      await expect(read).rejects.not.toThrow(/secret/);
    });

    it('takes hostile values as values', async () => {
      const warehouse = await open();
      const hostile = [
        "'; DROP TABLE things; --",
        '"',
        '\\',
        ':p1',
        '$1',
        'größe 表 🙂',
        '%_',
        '\n\t',
      ];
      const values = hostile.map(
        (value, at) => sql`INSERT INTO things (id, name) VALUES (${at}, ${value})`,
      );
      expect((await warehouse.transact(values, 't5')).kind).toBe('committed');
      expect((await rows(warehouse)).map((row) => row['name'])).toEqual(hostile);
      const [found] = await warehouse.query(sql`SELECT id FROM things WHERE name = ${hostile[0]!}`);
      expect(found).toEqual({ id: 0 });
    });

    it('keeps NULL, the empty text, truth, and numbers apart', async () => {
      const warehouse = await open();
      await warehouse.transact(
        [sql`INSERT INTO things (id, name) VALUES (${1}, ${null}), (${2}, ${''})`],
        't6',
      );
      const found = await warehouse.query(
        sql`SELECT id, name, name IS NULL AS is_null, COUNT(*) AS many FROM things GROUP BY id, name ORDER BY id`,
      );
      expect(found).toEqual([
        { id: 1, name: null, is_null: true, many: 1 },
        { id: 2, name: '', is_null: false, many: 1 },
      ]);
    });

    it('refuses more statements than a transaction holds', async () => {
      const warehouse = await open();
      const many = Array.from({ length: 41 }, () => sql`DELETE FROM things`);
      expect(await warehouse.transact(many, 't7')).toMatchObject({ kind: 'rolled-back' });
    });
  });
}
