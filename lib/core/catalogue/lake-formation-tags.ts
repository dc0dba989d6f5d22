import type { Category } from '../data-map/schema.ts';
import type { PersonalColumn, PersonalTable } from './personal-tables.ts';

/**
 * A column carries one value of an LF-tag, whatever it holds: the first of these that applies.
 * Source: AWS Lake Formation developer guide, "Lake Formation tag-based access control": a resource
 * takes one value for a key; keys and values are stored in lower case.
 */
const MOST_SENSITIVE_FIRST: readonly Category[] = [
  'health',
  'national-id',
  'financial',
  'birth-date',
  'gender',
  'location',
  'contact',
  'name',
  'account',
  'online-identifier',
  'network-address',
  'behaviour',
  'free-text',
];

/** Says of a column what it holds; `none` on a table, so that columns without a tag have it. */
export const PERSONAL_DATA_TAG = 'personal-data';
const DATA_OWNER_TAG = 'data-owner';
/** What no person is described by. */
const NOT_PERSONAL = 'none';
/** A column that tells whose the row is, and nothing else of them. */
const IDENTIFIER = 'identifier';

export interface LakeFormationTags {
  /** Tags to be made, with all values that are given anywhere. */
  readonly tags: readonly { readonly key: string; readonly values: readonly string[] }[];
  readonly tables: readonly {
    readonly store: string;
    /** `<schema>.<table>`, as Lake Formation names the table of a Redshift data share. */
    readonly table: string;
    readonly values: Readonly<Record<string, string>>;
    /** Columns by the value of their {@link PERSONAL_DATA_TAG}, values in order. */
    readonly columns: readonly { readonly value: string; readonly names: readonly string[] }[];
  }[];
}

/** What Lake Formation has to be told of the warehouse's tables, from the data map alone. */
export function lakeFormationTags(tables: readonly PersonalTable[]): LakeFormationTags {
  const tagged = tables.map((table) => ({
    store: table.store,
    table: `${table.schema}.${table.table}`,
    values: {
      [PERSONAL_DATA_TAG]: NOT_PERSONAL,
      [DATA_OWNER_TAG]: table.owner.toLowerCase(),
    },
    columns: byValue(table.columns),
  }));
  const held = new Set(tagged.flatMap(({ columns }) => columns.map(({ value }) => value)));
  const owners = new Set(tables.map(({ owner }) => owner.toLowerCase()));
  if (tagged.length === 0) return { tags: [], tables: [] };
  return {
    tags: [
      { key: PERSONAL_DATA_TAG, values: [NOT_PERSONAL, ...[...held].sort()] },
      { key: DATA_OWNER_TAG, values: [...owners].sort() },
    ],
    tables: tagged,
  };
}

function byValue(columns: readonly PersonalColumn[]) {
  const groups = new Map<string, string[]>();
  for (const { name, categories } of columns) {
    const value = MOST_SENSITIVE_FIRST.find((one) => categories.includes(one)) ?? IDENTIFIER;
    groups.set(value, [...(groups.get(value) ?? []), name]);
  }
  return [...groups]
    .map(([value, names]) => ({ value, names }))
    .sort((a, b) => (a.value < b.value ? -1 : 1));
}
