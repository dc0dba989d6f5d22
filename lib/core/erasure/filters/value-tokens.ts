import { decimalText } from '../../json/decimal-text.ts';
import { daysOfDate, nanosecondsOfTimestamp } from '../iso-time.ts';
import type { TypedValue } from '../matcher.ts';

/** Kinds of tokens, as bits: a filter says for each path which of them it holds. */
export const TOKEN_KIND = { plain: 1, float32: 2, float64: 4, date: 8, timestamp: 16 } as const;

/**
 * One text for a value, such that a value which meets a criterion has a token among the criterion's
 * ({@link tokensOfCriterion}). Some values that don't meet share it: `"1.50"` and `1.5`, `true` and
 * `"true"`. That costs a reading, never a miss.
 */
export function tokenOfValue(value: TypedValue): { kind: number; text: string } {
  switch (value.kind) {
    case 'string':
      return { kind: TOKEN_KIND.plain, text: decimalText(value.text) ?? value.text };
    case 'number':
      return { kind: TOKEN_KIND.plain, text: decimalText(value.decimal) ?? value.decimal };
    case 'boolean':
      return { kind: TOKEN_KIND.plain, text: String(value.value) };
    case 'float32':
      return { kind: TOKEN_KIND.float32, text: `float32 ${value.value}` };
    case 'float64':
      return { kind: TOKEN_KIND.float64, text: `float64 ${value.value}` };
    case 'date':
      return { kind: TOKEN_KIND.date, text: `date ${value.days}` };
    case 'timestamp':
      return { kind: TOKEN_KIND.timestamp, text: `timestamp ${value.nanoseconds}` };
  }
}

/** Tokens of the values, of these kinds, that a criterion's text, number or boolean may meet. */
export function tokensOfCriterion(text: string, kinds: number): string[] {
  const tokens: string[] = [];
  const has = (kind: number): boolean => (kinds & kind) !== 0;
  const decimal = decimalText(text);
  if (has(TOKEN_KIND.plain)) tokens.push(decimal ?? text);
  if (decimal !== undefined) {
    if (has(TOKEN_KIND.float32)) tokens.push(`float32 ${Math.fround(Number(text))}`);
    if (has(TOKEN_KIND.float64)) tokens.push(`float64 ${Number(text)}`);
  }
  const days = has(TOKEN_KIND.date) ? daysOfDate(text) : undefined;
  if (days !== undefined) tokens.push(`date ${days}`);
  const time = has(TOKEN_KIND.timestamp) ? nanosecondsOfTimestamp(text) : undefined;
  if (time !== undefined) tokens.push(`timestamp ${time}`);
  return tokens;
}
