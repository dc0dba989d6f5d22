import { meetsSchema, type SchemaCriterion } from '../criteria/schema-criterion.ts';
import { compileJsonPath, loadJsonPath } from '../json-path.ts';
import type { CriterionPath } from '../matcher.ts';

/** R2F `json` criteria of one column. */
export interface ColumnQuery {
  path: number;
  column: string;
  schema: SchemaCriterion;
  /** The one string that the JSONPath leads to in a datum, or undefined; `found` for any node. */
  select(data: unknown): { text: string | undefined; found: boolean };
}

/** Loads the JSONPath library if a path needs it; to be awaited before {@link columnQueries}. */
export async function prepareQueries(paths: readonly CriterionPath[]): Promise<void> {
  if (paths.some(({ kind }) => kind === 'snowplow-json')) await loadJsonPath();
}

/** Makes ready the `snowplow-json` paths among the criteria's paths. */
export function columnQueries(paths: readonly CriterionPath[]): ColumnQuery[] {
  const queries: ColumnQuery[] = [];
  for (const [id, path] of paths.entries()) {
    if (path.kind !== 'snowplow-json') continue;
    const query = compileJsonPath(path.jsonPath);
    queries.push({
      path: id,
      column: path.column,
      schema: path.schema,
      select(data) {
        if (typeof data !== 'object' || data === null) return { text: undefined, found: false };
        const values: unknown[] = query.query(data as never).values();
        const [only] = values;
        const isText = values.length === 1 && typeof only === 'string';
        return { text: isText ? only : undefined, found: values.length > 0 };
      },
    });
  }
  return queries;
}

/** A datum within a column: its schema and its own data. */
interface Datum {
  schema: string;
  data: unknown;
}

/**
 * The data that a column holds: one in `unstruct_event`, any number in contexts. Undefined when the
 * text is not JSON of that make.
 */
export function dataOf(column: string, text: string): Datum[] | undefined {
  let outer: unknown;
  try {
    outer = JSON.parse(text);
  } catch {
    return undefined;
  }
  const inner = isRecord(outer) ? outer['data'] : undefined;
  const list: unknown[] = column === 'unstruct_event' ? [inner] : Array.isArray(inner) ? inner : [];
  if (column !== 'unstruct_event' && !Array.isArray(inner)) return undefined;
  return list.every(isDatum) ? list : undefined;
}

/** The texts that a query finds in a column's data. */
export function* textsOf(
  query: ColumnQuery,
  data: readonly Datum[],
  onFound: () => void,
): Generator<string> {
  for (const datum of data) {
    if (!meetsSchema(query.schema, datum.schema)) continue;
    const { text, found } = query.select(datum.data);
    if (found) onFound();
    if (text !== undefined) yield text;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDatum(value: unknown): value is Datum {
  return isRecord(value) && typeof value['schema'] === 'string' && 'data' in value;
}
