import type { Cursor } from './cursor.ts';
import { parseExpression } from './expressions.ts';

/** SELECT, with UNION ALL between several. */
export function parseSelect(cursor: Cursor): void {
  do parseOneSelect(cursor);
  while (cursor.skip('UNION', 'ALL') || cursor.skip('UNION'));
  if (cursor.skip('ORDER', 'BY')) {
    cursor.list(() => {
      parseExpression(cursor);
      if (!cursor.skip('ASC')) cursor.skip('DESC');
    });
  }
  if (cursor.skip('LIMIT')) cursor.kind('number', 'a number of rows');
}

function parseOneSelect(cursor: Cursor): void {
  cursor.expect('SELECT');
  cursor.skip('DISTINCT');
  cursor.list(() => {
    if (cursor.skip('*')) return;
    parseExpression(cursor);
    if (cursor.skip('AS')) cursor.name();
  });
  if (cursor.skip('FROM')) parseFrom(cursor);
  parseWhere(cursor);
  if (cursor.skip('GROUP', 'BY')) cursor.list(() => parseExpression(cursor));
  if (cursor.skip('HAVING')) parseExpression(cursor);
}

/** Tables and subqueries, joined by commas or by JOIN. */
export function parseFrom(cursor: Cursor): void {
  cursor.list(() => {
    parseSource(cursor);
    while (cursor.sees('INNER', 'JOIN') || cursor.sees('LEFT', 'JOIN') || cursor.sees('JOIN')) {
      if (!cursor.skip('INNER')) cursor.skip('LEFT');
      cursor.expect('JOIN');
      parseSource(cursor);
      cursor.expect('ON');
      parseExpression(cursor);
    }
  });
}

function parseSource(cursor: Cursor): void {
  if (cursor.sees('(')) {
    cursor.inParentheses(() => parseSelect(cursor));
    cursor.expect('AS');
    cursor.name();
  } else {
    cursor.relation();
    if (cursor.skip('AS')) cursor.name();
  }
}

export function parseWhere(cursor: Cursor): void {
  if (cursor.skip('WHERE')) parseExpression(cursor);
}
