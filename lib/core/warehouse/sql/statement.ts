import type { SqlStatement, SqlValue } from '../../ports/warehouse.ts';

/** PostgreSQL cuts names at 63 bytes, Redshift takes 127 (Names and identifiers): the lesser holds. */
const LONGEST_IDENTIFIER = 63;

/** Half a character: UTF-8 has no bytes for it. */
export const LONE_SURROGATE = /\p{Surrogate}/u;

/** A name that no database takes. Such names come from the data map, never from data. */
class IdentifierError extends Error {
  override readonly name = 'IdentifierError';
}

/** What is wrong with a name of a table or column, in words, or undefined. */
export function identifierFault(name: string): string | undefined {
  if (name === '') return 'a name is empty';
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(name))
    return `the name ${JSON.stringify(name)} has a control character`;
  if (LONE_SURROGATE.test(name)) return `the name ${JSON.stringify(name)} is no valid Unicode`;
  if (Buffer.byteLength(name) > LONGEST_IDENTIFIER) {
    return `the name "${name}" is longer than ${LONGEST_IDENTIFIER} bytes`;
  }
  return undefined;
}

/**
 * A statement, or a part of one. What is put in is a parameter, unless it is itself a part made here:
 * so there is no way to put a value into the text.
 */
export function sql(
  texts: TemplateStringsArray,
  ...given: readonly (SqlValue | SqlStatement)[]
): SqlStatement {
  const all: string[] = [];
  const values: SqlValue[] = [];
  let open = texts[0]!;
  given.forEach((one, index) => {
    if (one !== null && typeof one === 'object') {
      const [first = '', ...others] = one.texts;
      open += first;
      for (const other of others) {
        all.push(open);
        open = other;
      }
      values.push(...one.values);
    } else {
      values.push(one);
      all.push(open);
      open = '';
    }
    open += texts[index + 1]!;
  });
  return { texts: [...all, open], values };
}

/** The one function that quotes names. A part of a name is a name by itself: see {@link qualified}. */
export function identifier(name: string): SqlStatement {
  const fault = identifierFault(name);
  if (fault !== undefined) throw new IdentifierError(`Not usable in SQL: ${fault}`);
  return { texts: [`"${name.replaceAll('"', '""')}"`], values: [] };
}

/** `"schema"."table"` */
export function qualified(...names: readonly string[]): SqlStatement {
  return joined(names.map(identifier), sql`.`);
}

/**
 * A text constant, for statements that take no parameters (COMMENT, policies). Of the data map's own
 * words only, never of data. Backslashes are refused: the two databases may read them differently.
 */
export function literal(text: string): SqlStatement {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\\\u0000]/.test(text) || LONE_SURROGATE.test(text)) {
    throw new IdentifierError('Not usable in SQL: a constant with a backslash or a NUL');
  }
  return { texts: [`'${text.replaceAll("'", "''")}'`], values: [] };
}

/** Parts with something between them; no part gives an empty one. */
export function joined(parts: readonly SqlStatement[], between: SqlStatement): SqlStatement {
  return parts.reduce(
    (all, part, index) => (index === 0 ? part : sql`${all}${between}${part}`),
    sql``,
  );
}

export const COMMA = sql`, `;
export const OR = sql` OR `;
export const AND = sql` AND `;
