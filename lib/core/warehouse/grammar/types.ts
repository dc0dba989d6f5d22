import type { Cursor } from './cursor.ts';

/** Data types by their documented names; with the most that their length or precision may be. */
const PLAIN = new Set([
  ...['SMALLINT', 'INTEGER', 'INT', 'BIGINT', 'REAL', 'BOOLEAN', 'BOOL', 'DATE', 'TIMESTAMP'],
  ...['TIMESTAMPTZ', 'TIME', 'TIMETZ', 'SUPER', 'GEOMETRY', 'GEOGRAPHY', 'HLLSKETCH', 'FLOAT'],
]);
const SIZED: Readonly<Record<string, number>> = {
  VARCHAR: 65_535,
  NVARCHAR: 65_535,
  CHAR: 4_096,
  BPCHAR: 256,
  VARBYTE: 16_777_216,
  DECIMAL: 38,
  NUMERIC: 38,
};

/** A data type. TEXT is refused: Redshift takes it, and makes VARCHAR(256) of it. */
export function parseType(cursor: Cursor): void {
  if (cursor.skip('DOUBLE', 'PRECISION') || cursor.skip('CHARACTER', 'VARYING')) {
    if (cursor.sees('(')) parseSize(cursor, SIZED['VARCHAR']!);
    return;
  }
  const { text } = cursor.kind('word', 'a data type');
  if (PLAIN.has(text)) return;
  const most = SIZED[text];
  if (most === undefined) cursor.refuse('a data type of Redshift');
  if (cursor.sees('(')) parseSize(cursor, most);
}

function parseSize(cursor: Cursor, most: number): void {
  cursor.inParentheses(() => {
    if (cursor.skip('MAX')) return;
    const size = cursor.kind('number', 'a size');
    if (Number(size.text) > most) cursor.refuse(`a size of at most ${most}`, size);
    if (cursor.skip(',')) cursor.kind('number', 'a scale');
  });
}
