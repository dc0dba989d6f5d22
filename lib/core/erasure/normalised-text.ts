import { decimalText } from '../json/decimal-text.ts';
import { normaliseIdentifier, type NormaliseRule } from '../suppression/normalise.ts';
import type { TypedValue } from './matcher.ts';

const INTEGER = /^-?[0-9]+$/;

/**
 * What a row's value is once it is written as its path's rule says, where that is otherwise than it is:
 * texts, and whole numbers as they are written out. Undefined for all others: a fraction or a date is
 * nobody's number.
 */
export function normalisedText(rule: NormaliseRule, value: TypedValue): string | undefined {
  const text = value.kind === 'string' ? value.text : integerOf(value);
  if (rule === 'exact' || text === undefined) return undefined;
  const written = normaliseIdentifier(rule, text);
  return written === '' || written === text ? undefined : written;
}

function integerOf(value: TypedValue): string | undefined {
  if (value.kind !== 'number') return undefined;
  const text = decimalText(value.decimal) ?? value.decimal;
  return INTEGER.test(text) ? text : undefined;
}
