import type { Cursor } from './cursor.ts';
import { parseExpression } from './expressions.ts';
import { parseFrom, parseSelect, parseWhere } from './select.ts';

/** INSERT INTO table [(columns)] {VALUES (…), … | query} */
export function parseInsert(cursor: Cursor): void {
  cursor.expect('INTO');
  cursor.relation();
  if (cursor.sees('(')) cursor.inParentheses(() => cursor.list(() => cursor.name()));
  if (cursor.sees('SELECT')) parseSelect(cursor);
  else {
    cursor.expect('VALUES');
    cursor.list(() => cursor.inParentheses(() => cursor.list(() => parseExpression(cursor))));
  }
}

/** UPDATE table SET column = expression, … [FROM …] [WHERE …]; columns are never qualified. */
export function parseUpdate(cursor: Cursor): void {
  cursor.relation();
  cursor.expect('SET');
  cursor.list(() => {
    cursor.name();
    cursor.expect('=');
    parseExpression(cursor);
  });
  if (cursor.skip('FROM')) parseFrom(cursor);
  parseWhere(cursor);
}

/** DELETE FROM table [USING …] [WHERE …] */
export function parseDelete(cursor: Cursor): void {
  cursor.expect('FROM');
  cursor.relation();
  if (cursor.skip('USING')) parseFrom(cursor);
  parseWhere(cursor);
}
