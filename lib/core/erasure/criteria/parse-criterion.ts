import { decimalOfSpan } from '../../json/decimal.ts';
import { TOKEN } from '../../json/reader.ts';
import {
  NORMALISE_RULES,
  normaliseIdentifier,
  type NormaliseRule,
} from '../../suppression/normalise.ts';
import { compileJsonPath, JsonPathNotLoaded } from '../json-path.ts';
import type { CriterionPath } from '../matcher.ts';
import { membersOf, stringOf, type Span } from './members.ts';
import { parsePath } from './path-text.ts';
import { parseSchemaCriterion } from './schema-criterion.ts';
import { POJO_FIELDS, SNOWPLOW_JSON_COLUMNS } from './snowplow-columns.ts';

/** The schema of R2F's removal criteria. */
const R2F_SCHEMA = 'iglu:com.snowplowanalytics.snowplow.r2f/removal_criteria/jsonschema/1-0-0';
const R2F_PREFIX = R2F_SCHEMA.slice(0, R2F_SCHEMA.lastIndexOf('/') + 1);
/** So that a hostile file cannot ask for endless work a row. */
const MAX_CONDITIONS = 32;

export type CriterionValue =
  | { kind: 'string'; text: string }
  | { kind: 'number'; decimal: string }
  | { kind: 'boolean'; value: boolean };

export interface Condition {
  path: CriterionPath;
  value: CriterionValue;
  /** How the values of rows are written before they are compared. @default 'exact' */
  normalise?: NormaliseRule;
}

/** One line: all of its conditions must be met by a row. */
export type CriterionOutcome =
  | {
      ok: true;
      conditions: readonly Condition[];
      /** Where the last condition's value is written. */
      written: Span;
    }
  | { ok: false; reason: string };

const fault = (reason: string): CriterionOutcome => ({ ok: false, reason });

/**
 * Reads one line of a criteria file. Reasons name keys and paths, never values. Throws
 * {@link JsonPathNotLoaded} at a JSONPath when that library is not there yet.
 */
export function parseCriterion(bytes: Uint8Array, from: number, to: number): CriterionOutcome {
  const outer = membersOf(bytes, from, to);
  if (!outer.ok) return outer;
  const match = outer.members.get('match');
  const schema = outer.members.get('schema');
  const data = outer.members.get('data');
  const rules = outer.members.get('normalise');
  if (match && outer.members.size === (rules ? 2 : 1)) return parseMatch(bytes, match, rules);
  if (schema && data && outer.members.size === 2) return parseDatum(bytes, schema, data);
  return fault('expected {"match":{…}}, or {"schema":"…","data":{…}} as R2F writes it');
}

function parseMatch(bytes: Uint8Array, span: Span, ruleSpan: Span | undefined): CriterionOutcome {
  const inner = membersOf(bytes, span.start, span.end);
  if (!inner.ok) return fault(`"match": ${inner.reason}`);
  if (inner.members.size === 0) return fault('"match" names no path, and would match every row');
  if (inner.members.size > MAX_CONDITIONS) {
    return fault(`"match" names more than ${MAX_CONDITIONS} paths`);
  }
  const rules = ruleSpan && membersOf(bytes, ruleSpan.start, ruleSpan.end);
  if (rules?.ok === false) return fault(`"normalise": ${rules.reason}`);
  const stray = [...(rules?.members.keys() ?? [])].find((name) => !inner.members.has(name));
  if (stray !== undefined) {
    return fault(`"normalise": path ${JSON.stringify(stray)} is none of "match"`);
  }
  const conditions: Condition[] = [];
  let written = span;
  for (const [name, value] of inner.members) {
    written = value;
    const path = parsePath(name);
    if (!path.ok) return path;
    const read = valueOf(bytes, value);
    if (read === undefined) {
      return fault(
        `path ${JSON.stringify(name)}: expected a string, a number or a boolean; null never matches`,
      );
    }
    const condition = { path: { kind: 'field', segments: path.segments }, value: read } as const;
    const ruleAt = rules?.members.get(name);
    if (ruleAt === undefined) {
      conditions.push(condition);
      continue;
    }
    const rule = NORMALISE_RULES.find((known) => known === stringOf(bytes, ruleAt));
    if (rule === undefined) {
      return fault(
        `"normalise": path ${JSON.stringify(name)}: expected one of ${NORMALISE_RULES.join(', ')}`,
      );
    }
    if (read.kind !== 'string' || normaliseIdentifier(rule, read.text) === '') {
      return fault(
        `path ${JSON.stringify(name)}: expected a string of which ${rule} leaves something`,
      );
    }
    conditions.push({ ...condition, normalise: rule });
  }
  return { ok: true, conditions, written };
}

function valueOf(bytes: Uint8Array, span: Span): CriterionValue | undefined {
  switch (span.token) {
    case TOKEN.string:
      return { kind: 'string', text: stringOf(bytes, span)! };
    case TOKEN.number:
      return { kind: 'number', decimal: decimalOfSpan(bytes, span.start, span.end) };
    case TOKEN.true:
    case TOKEN.false:
      return { kind: 'boolean', value: span.token === TOKEN.true };
    default:
      return undefined;
  }
}

function parseDatum(bytes: Uint8Array, schema: Span, data: Span): CriterionOutcome {
  const name = stringOf(bytes, schema);
  if (name !== R2F_SCHEMA) {
    return fault(
      name?.startsWith(R2F_PREFIX) === true
        ? 'this version of the R2F schema is unknown; 1-0-0 is known'
        : `"schema" must be "${R2F_SCHEMA}"`,
    );
  }
  const outer = membersOf(bytes, data.start, data.end);
  if (!outer.ok) return fault(`"data": ${outer.reason}`);
  const [kind, span] = [...outer.members][0] ?? [];
  if (outer.members.size !== 1 || !span || (kind !== 'pojo' && kind !== 'json')) {
    return fault('"data" must hold exactly one of "pojo" and "json"');
  }
  const inner = membersOf(bytes, span.start, span.end);
  if (!inner.ok) return fault(`"${kind}": ${inner.reason}`);
  return kind === 'pojo' ? parsePojo(bytes, inner.members) : parseJson(bytes, inner.members);
}

const VALUE = 'valueForWhichEventWillBeDeleted';

/** All members as strings, or what is wrong with them. */
function stringsOf(
  bytes: Uint8Array,
  members: ReadonlyMap<string, Span>,
  names: readonly string[],
): { ok: true; values: string[] } | { ok: false; reason: string } {
  const values: string[] = [];
  for (const name of names) {
    const value = stringOf(bytes, members.get(name));
    if (value === undefined) return { ok: false, reason: `"${name}" must be there, as a string` };
    values.push(value);
  }
  const extra = [...members.keys()].find((name) => !names.includes(name));
  if (extra !== undefined) return { ok: false, reason: `${JSON.stringify(extra)} is not expected` };
  return { ok: true, values };
}

function parsePojo(bytes: Uint8Array, members: ReadonlyMap<string, Span>): CriterionOutcome {
  const read = stringsOf(bytes, members, ['fieldName', VALUE]);
  if (!read.ok) return read;
  const [field = '', text = ''] = read.values;
  if (!POJO_FIELDS.includes(field)) {
    return fault(`fieldName ${JSON.stringify(field)} is not one of ${POJO_FIELDS.join(', ')}`);
  }
  return {
    ok: true,
    conditions: [{ path: { kind: 'field', segments: [field] }, value: { kind: 'string', text } }],
    written: members.get(VALUE)!,
  };
}

function parseJson(bytes: Uint8Array, members: ReadonlyMap<string, Span>): CriterionOutcome {
  const read = stringsOf(bytes, members, ['fieldName', 'schemaCriterion', 'jsonPath', VALUE]);
  if (!read.ok) return read;
  const [column = '', criterion = '', jsonPath = '', text = ''] = read.values;
  if (!SNOWPLOW_JSON_COLUMNS.includes(column)) {
    return fault(
      `fieldName ${JSON.stringify(column)} is not one of ${SNOWPLOW_JSON_COLUMNS.join(', ')}`,
    );
  }
  const schema = parseSchemaCriterion(criterion);
  if (!schema) return fault('schemaCriterion must look like iglu:vendor/name/format/1-0-*');
  try {
    compileJsonPath(jsonPath);
  } catch (error) {
    if (error instanceof JsonPathNotLoaded) throw error;
    return fault('jsonPath is not a JSONPath of RFC 9535, such as $.recipient');
  }
  return {
    ok: true,
    conditions: [
      {
        path: { kind: 'snowplow-json', column, schema, jsonPath },
        value: { kind: 'string', text },
      },
    ],
    written: members.get(VALUE)!,
  };
}
