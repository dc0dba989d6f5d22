import { normaliseIdentity } from '../identity/normalise-identity.ts';
import type { DataMap } from '../data-map/schema.ts';
import type { Crosswalk } from '../ports/crosswalk.ts';
import { type Warehouse, WarehouseError } from '../ports/warehouse.ts';
import type { Identity } from '../requests/model/request.ts';
import { COMMA, joined, OR, sql } from './sql/statement.ts';
import { OWN } from './warehouse-table.ts';

/** The master data's crosswalk in the warehouse: from one natural key to the golden record's others. */
export function warehouseCrosswalk(warehouse: Warehouse, dataMap: DataMap): Crosswalk {
  return {
    resolve: async (identities) => {
      const given = identities.map((identity) => normaliseIdentity(dataMap, identity));
      if (given.length === 0) return { kind: 'unknown' };
      const known = joined(
        given.map(
          ({ identifier, value }) => sql`(identifier = ${identifier} AND natural_key = ${value})`,
        ),
        OR,
      );
      try {
        const rows = await warehouse.query(
          sql`SELECT golden_id, identifier, natural_key FROM ${OWN.crosswalk} WHERE golden_id IN (SELECT golden_id FROM ${OWN.crosswalk} WHERE ${known}) ORDER BY golden_id, identifier, natural_key`,
        );
        const golden = new Set(rows.map((row) => row['golden_id']));
        if (golden.size === 0) return { kind: 'unknown' };
        if (golden.size > 1) return { kind: 'ambiguous' };
        const found = rows.map((row) => ({
          identifier: String(row['identifier']),
          value: String(row['natural_key']),
        }));
        return { kind: 'resolved', identities: distinct([...given, ...found]) };
      } catch (error) {
        if (!(error instanceof WarehouseError)) throw error;
        return { kind: 'failed', code: `warehouse-${error.fault}` };
      }
    },
  };
}

/** Makes a golden record's keys known, or replaces them. */
export async function putGoldenRecord(
  warehouse: Warehouse,
  dataMap: DataMap,
  goldenId: string,
  identities: readonly Identity[],
): Promise<boolean> {
  const rows = identities
    .map((identity) => normaliseIdentity(dataMap, identity))
    .map(({ identifier, value }) => sql`(${goldenId}, ${identifier}, ${value})`);
  const outcome = await warehouse.transact(
    [
      sql`DELETE FROM ${OWN.crosswalk} WHERE golden_id = ${goldenId}`,
      ...(rows.length === 0
        ? []
        : [
            sql`INSERT INTO ${OWN.crosswalk} (golden_id, identifier, natural_key) VALUES ${joined(rows, COMMA)}`,
          ]),
    ],
    `golden/${goldenId}`,
  );
  return outcome.kind === 'committed';
}

function distinct(identities: readonly Identity[]): Identity[] {
  const byKey = new Map(
    identities.map((identity) => [JSON.stringify([identity.identifier, identity.value]), identity]),
  );
  return [...byKey.values()];
}
