import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineDataMap } from '../../../lib/core/data-map/define-data-map.ts';
import type { Catalogue } from '../../../lib/core/warehouse/discovery/catalogue.ts';
import { readAccess, readCatalogue } from '../../../lib/core/warehouse/discovery/catalogue.ts';
import { vacuumTables } from '../../../lib/core/warehouse/erasure/clean-up.ts';
import { countDue, deleteForgotten } from '../../../lib/core/warehouse/erasure/delete-forgotten.ts';
import type { ErasureOrder } from '../../../lib/core/warehouse/erasure/erasure-order.ts';
import { flagSubject } from '../../../lib/core/warehouse/erasure/flag-subject.ts';
import { replayLedger } from '../../../lib/core/warehouse/erasure/replay-ledger.ts';
import { undoFlag } from '../../../lib/core/warehouse/erasure/undo-flag.ts';
import { MOST_STATEMENTS } from '../../../lib/core/ports/warehouse.ts';
import { redshiftFault } from '../../../lib/core/warehouse/grammar/redshift-fault.ts';
import { planMigrations } from '../../../lib/core/warehouse/migrations/plan-migrations.ts';
import { renderNamed } from '../../../lib/core/warehouse/sql/render.ts';
import { countRows, gatherRows, rectifyRows } from '../../../lib/core/warehouse/subject-rows.ts';
import {
  putGoldenRecord,
  warehouseCrosswalk,
} from '../../../lib/core/warehouse/warehouse-crosswalk.ts';
import { warehouseTables } from '../../../lib/core/warehouse/warehouse-table.ts';
import { recordingWarehouse } from './recording-warehouse.ts';

const hostile = fc
  .oneof(
    fc.constantFrom(
      'a"; DROP TABLE x; --',
      "o'clock",
      'select',
      'größe',
      '表',
      'a b',
      '$1',
      ':p1',
      '"',
    ),
    fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/),
  )
  .filter((name) => Buffer.byteLength(name) < 64);
const rule = fc.constantFrom('exact', 'trim-lowercase', 'digits');
const action = fc.constantFrom('null', 'mask', 'pseudonymise');

/** A data map with one table, of any names, as a column-changing or a row-deleting store. */
const maps = fc
  .tuple(
    hostile,
    hostile,
    fc.uniqueArray(hostile, { minLength: 2, maxLength: 4 }),
    rule,
    action,
    fc.boolean(),
  )
  .map(([schema, table, columns, normalise, erase, deletesRows]) => ({
    columns,
    map: defineDataMap({
      version: 1,
      identifiers: {
        key_one: { description: 'x', normalise },
        key_two: { description: 'y', normalise },
      },
      stores: {
        one: {
          kind: 'table',
          ...{
            description: 'x',
            area: 'warehouse',
            owner: 'o',
            legalBasis: 'b',
            retention: { days: 1 },
          },
          ...{ schema, table, maskedFor: ['analyst'] },
          identifiers: { key_one: [columns[0]!], key_two: [columns[1]!] },
          fields: columns.map((column) => ({
            path: [column],
            category: 'name',
            erase: deletesRows ? 'delete-row' : erase,
          })),
        },
      },
    }),
  }));

const values = fc.array(
  fc.oneof(fc.string(), fc.constantFrom("'; DROP TABLE x; --", '\0', '🙂', '')),
  {
    minLength: 1,
    maxLength: 60,
  },
);

describe('what is emitted for Redshift', () => {
  it('is always in its documented grammar, and holds no value in its text', async () => {
    await fc.assert(
      fc.asyncProperty(maps, values, async ({ map, columns }, given) => {
        const secret = 'zzSECRETzz';
        const [table] = warehouseTables(map, 'redshift');
        const identities = given.map((value, at) => ({
          identifier: at % 2 === 0 ? 'key_one' : 'key_two',
          value: `${secret}${value}`,
        }));
        const order: ErasureOrder = {
          ...{ taskKey: 'd/t', store: 'one', kind: 'erase', identities, deleteAfter: 5 },
          ...{ subject: 's', pseudonym: 'p', facts: { approver: secret } },
        };
        const known = recordingWarehouse('redshift', (text) => {
          if (text.startsWith('SELECT state')) return [{ state: 'flagged', found_rows: 1 }];
          if (text.startsWith('SELECT DISTINCT store')) return [{ store: 'one' }];
          if (text.startsWith('SELECT CASE')) return [{ fine: 1 }];
          return [];
        });
        const fresh = recordingWarehouse('redshift');
        const deps = { warehouse: known, tables: [table!], radius: { rows: 1, proportion: 0.5 } };
        await flagSubject(fresh, table!, order, 1, 't');
        await flagSubject(fresh, table!, { ...order, kind: 'restrict' }, 1, 't');
        await undoFlag(known, table!, 'd/t', 1, 't');
        await undoFlag(fresh, table!, 'd/t', 1, 't');
        expect(await deleteForgotten(deps, 9, 'run')).toMatchObject({ kind: 'deleted' });
        await countDue(known, [table!], 9);
        await vacuumTables(known, [table!], [{ store: 'one', rows: 1 }]);
        const entries = async function* () {
          yield await Promise.resolve(order);
        };
        await replayLedger({ ...deps, warehouse: fresh }, { entries }, 9, 'r');
        await gatherRows(fresh, table!, identities);
        await countRows(fresh, table!, identities, 3);
        const corrections = { [columns[0]!]: secret };
        await rectifyRows(fresh, table!, identities, corrections, 't');
        await warehouseCrosswalk(fresh, map).resolve(identities);
        await putGoldenRecord(fresh, map, 'g', identities);
        await readCatalogue(fresh);
        await readAccess(fresh);
        const texts = [...known.texts, ...fresh.texts];
        expect(texts.flatMap((text) => redshiftFault(text) ?? [])).toEqual([]);
        expect(texts.join('\n')).not.toContain(secret);
      }),
      { numRuns: 60 },
    );
  });

  it('is so for every migration, too', () => {
    const types = fc.constantFrom(
      ...[
        ['character varying', 300],
        ['character varying', undefined],
      ],
      ...[
        ['super', undefined],
        ['bigint', undefined],
        ['date', undefined],
      ],
    );
    fc.assert(
      fc.property(maps, types, fc.boolean(), ({ map, columns }, [type, length], isSplit) => {
        const store = map.stores['one']!;
        if (store.kind !== 'table') return;
        const split = {
          ...store,
          ...(isSplit && { splitFrom: { table: 'mixed', key: 'the "key"' } }),
        };
        const catalogue = catalogueOf(
          columns.map((column) => ({
            ...{ schema: store.schema, table: isSplit ? 'mixed' : store.table, column },
            ...{ type: String(type), isSystem: false },
            ...(typeof length === 'number' && { length }),
          })),
        );
        const plan = planMigrations({ ...map, stores: { one: split } }, catalogue, 'redshift');
        if (plan.kind === 'refused') {
          expect(plan.faults.join()).toMatch(/only a text/);
          return;
        }
        const texts = plan.migrations.flatMap(({ statements }) => renderNamed(statements).texts);
        expect(texts.some((text) => text.startsWith('ATTACH MASKING POLICY'))).toBe(true);
        // The role is made last, whole, with a grant on every table that the functions touch.
        const { texts: last } = renderNamed(plan.migrations.at(-1)!.statements);
        expect(last[0]).toBe('CREATE ROLE "lethe_eraser"');
        const granted = last.filter((text) => / ON TABLE .* TO ROLE "lethe_eraser"$/.test(text));
        expect(granted).toHaveLength(5);
        expect(last.length).toBeLessThanOrEqual(MOST_STATEMENTS);
        expect(texts.flatMap((text) => redshiftFault(text) ?? [])).toEqual([]);
      }),
    );
  });
});

function catalogueOf(columns: Catalogue['columns']): Catalogue {
  const none = new Set<string>();
  return {
    ...{ columns, policies: none, attached: none, guarded: none, indexes: none },
    roles: new Set(['analyst']),
  };
}
