import type { SqlStatement, SqlValue } from '../../ports/warehouse.ts';

/** As PostgreSQL's protocol wants it: `$1`, `$2`, in order. */
export function renderPositional({ texts, values }: SqlStatement): {
  text: string;
  values: SqlValue[];
} {
  const text = texts.map((part, at) => (at === 0 ? part : `$${at}${part}`)).join('');
  return { text, values: [...values] };
}

/** A parameter of the Data API: every value travels as text, and the cluster converts it. */
export interface NamedParameter {
  readonly name: string;
  readonly value: string;
}

/**
 * As the Data API wants it: `:p1`, `:p2`. Names go on counting over a batch, since a batch has one set
 * of parameters for all its statements. NULL and the empty text cannot be parameters there (a value
 * has at least one character): they stand in the text as constants, which nobody chooses.
 */
export function renderNamed(statements: readonly SqlStatement[]): {
  texts: string[];
  parameters: NamedParameter[];
} {
  const parameters: NamedParameter[] = [];
  const texts = statements.map(({ texts: parts, values }) =>
    parts
      .map((part, at) => {
        if (at === 0) return part;
        const value = values[at - 1] ?? null;
        if (value === null) return `NULL${part}`;
        if (value === '') return `''${part}`;
        const name = `p${parameters.length + 1}`;
        parameters.push({ name, value: String(value) });
        return `:${name}${part}`;
      })
      .join(''),
  );
  return { texts, parameters };
}

/** For people: the text with `?` where values go. No value is printed. */
export function printStatement({ texts }: SqlStatement): string {
  return texts.join('?');
}
