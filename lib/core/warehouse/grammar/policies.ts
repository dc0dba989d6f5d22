import type { Cursor } from './cursor.ts';
import { parseGrantee } from './definitions.ts';
import { parseExpression } from './expressions.ts';
import { parseType } from './types.ts';

/** CREATE RLS POLICY name [WITH (column type, …) [[AS] alias]] USING (condition) */
export function parseCreateRls(cursor: Cursor): void {
  cursor.name();
  if (cursor.skip('WITH')) {
    parseInputs(cursor);
    if (cursor.skip('AS')) cursor.name();
    else if (!cursor.sees('USING')) cursor.name();
  }
  cursor.expect('USING');
  cursor.inParentheses(() => parseExpression(cursor));
}

/** CREATE MASKING POLICY name [IF NOT EXISTS] WITH (column type, …) USING (expression, …) */
export function parseCreateMasking(cursor: Cursor): void {
  if (cursor.sees('IF')) cursor.refuse('the name before IF NOT EXISTS');
  cursor.name();
  cursor.skip('IF', 'NOT', 'EXISTS');
  cursor.expect('WITH');
  parseInputs(cursor);
  cursor.expect('USING');
  cursor.inParentheses(() => cursor.list(() => parseExpression(cursor)));
}

function parseInputs(cursor: Cursor): void {
  cursor.inParentheses(() =>
    cursor.list(() => {
      cursor.name();
      parseType(cursor);
    }),
  );
}

/** {ATTACH … TO | DETACH … FROM} RLS POLICY name ON [TABLE] table, … {grantee}, … */
export function parseAttachedRls(cursor: Cursor, preposition: 'TO' | 'FROM'): void {
  cursor.relation();
  cursor.expect('ON');
  cursor.skip('TABLE');
  cursor.list(() => cursor.relation());
  cursor.expect(preposition);
  cursor.list(() => parseGrantee(cursor));
}

/** … MASKING POLICY name ON table (columns) [USING (columns)] {one grantee} [PRIORITY n] */
export function parseAttachedMasking(cursor: Cursor, preposition: 'TO' | 'FROM'): void {
  cursor.relation();
  cursor.expect('ON');
  cursor.relation();
  parsePaths(cursor);
  if (preposition === 'TO' && cursor.skip('USING')) parsePaths(cursor);
  cursor.expect(preposition);
  parseGrantee(cursor);
  if (preposition === 'TO' && cursor.skip('PRIORITY')) cursor.kind('number', 'a priority');
}

/** Columns, or paths into SUPER columns. */
function parsePaths(cursor: Cursor): void {
  cursor.inParentheses(() =>
    cursor.list(() => {
      cursor.name();
      while (cursor.skip('.')) cursor.name();
    }),
  );
}

/** DROP {RLS | MASKING} POLICY name [CASCADE | RESTRICT] */
export function parseDropPolicy(cursor: Cursor): void {
  cursor.skip('IF', 'EXISTS');
  cursor.relation();
  if (!cursor.skip('CASCADE')) cursor.skip('RESTRICT');
}
