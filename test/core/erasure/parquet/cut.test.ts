import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowCounter } from '../../../../lib/core/erasure/parquet/pages/chunk-reader.ts';
import type { DataPage } from '../../../../lib/core/erasure/parquet/pages/data-page.ts';
import { cutPage } from '../../../../lib/core/erasure/parquet/pages/page-cut.ts';
import { countRows } from '../../../../lib/core/erasure/parquet/pages/page-writer.ts';
import { RowSelection } from '../../../../lib/core/erasure/parquet/rewrite/selection.ts';
import { pick } from '../../../../lib/core/erasure/parquet/values/values.ts';

const MAX_DEFINITION = 2;

interface Entry {
  row: number;
  repetition: number;
  definition: number;
  /** Its number among the values; absent where it is none. */
  value: number | undefined;
}

/** A nested column: a row has one entry or more, each a value or a null of some kind. */
const column = fc
  .array(fc.array(fc.nat(MAX_DEFINITION), { minLength: 1, maxLength: 5 }), { minLength: 1 })
  .map((rows) => {
    let value = 0;
    return rows.flatMap((definitions, row) =>
      definitions.map((definition, at): Entry => ({
        row,
        repetition: at === 0 ? 0 : 1,
        definition,
        value: definition === MAX_DEFINITION ? value++ : undefined,
      })),
    );
  });

function pageOf(entries: readonly Entry[]): DataPage {
  const indexes = Int32Array.from(entries.flatMap(({ value }) => value ?? []));
  return {
    entries: entries.length,
    repetition: Uint8Array.from(entries, (entry) => entry.repetition),
    definition: Uint8Array.from(entries, (entry) => entry.definition),
    values: { kind: 'indexes', count: indexes.length, indexes },
  };
}

describe('cutting pages', () => {
  it('keeps just the entries of the rows that stay, even of rows that lie in several pages', () => {
    fc.assert(
      fc.property(column, fc.array(fc.nat(600)), fc.array(fc.nat(100)), (entries, cuts, named) => {
        const rows = entries.at(-1)!.row + 1;
        const removed = [...new Set(named.filter((row) => row < rows))].sort((a, b) => a - b);
        const isRemoved = new Set(removed);
        const all = Array.from({ length: rows }, (_, row) => row);
        for (const [selection, stays] of [
          [
            RowSelection.without(Int32Array.from(removed)),
            new Set(all.filter((row) => !isRemoved.has(row))),
          ],
          [RowSelection.only(Int32Array.from(removed)), isRemoved],
        ] as const) {
          expect(selection.countOf(rows)).toBe(stays.size);
          const bounds = [0, ...cuts.filter((at) => at < entries.length), entries.length];
          const counter = new RowCounter();
          const values: number[] = [];
          let kept = 0;
          let starts = 0;
          for (const [at, from] of bounds.sort((a, b) => a - b).entries()) {
            const page = pageOf(entries.slice(from, bounds[at + 1] ?? from));
            const cut = cutPage(page, counter.advance(page), selection, MAX_DEFINITION);
            const picked = pick(page.values, cut.values);
            if (picked.kind === 'indexes') values.push(...picked.indexes);
            for (let i = 0; i < cut.entries.length; i += 2) {
              kept += cut.entries[i + 1]! - cut.entries[i]!;
            }
            starts += countRows(page, cut.entries);
          }
          const wanted = entries.filter(({ row }) => stays.has(row));
          expect(kept).toBe(wanted.length);
          expect(values).toEqual(wanted.flatMap(({ value }) => value ?? []));
          expect(starts).toBe(stays.size);
        }
      }),
    );
  });
});
