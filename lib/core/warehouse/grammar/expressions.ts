import type { Cursor } from './cursor.ts';
import { parseSelect } from './select.ts';
import { parseType } from './types.ts';

/** Functions that Lethe uses and Redshift documents, with the fewest and most of their arguments. */
const FUNCTIONS: Readonly<Record<string, readonly [number, number]>> = {
  COUNT: [1, 1],
  SUM: [1, 1],
  MIN: [1, 1],
  MAX: [1, 1],
  COALESCE: [1, 99],
  LOWER: [1, 1],
  UPPER: [1, 1],
  BTRIM: [1, 2],
  CHR: [1, 1],
  LEN: [1, 1],
  LEFT: [2, 2],
  RIGHT: [2, 2],
  SUBSTRING: [2, 3],
  // Source, pattern, replacement, position (a number), parameters: not PostgreSQL's flags.
  REGEXP_REPLACE: [2, 5],
  REPLACE: [3, 3],
  MD5: [1, 1],
  SHA2: [2, 2],
  RANDOM: [0, 0],
  HAS_TABLE_PRIVILEGE: [2, 3],
};

/** An expression, conditions included. */
export function parseExpression(cursor: Cursor): void {
  cursor.deeper(() => {
    do {
      do parseNegation(cursor);
      while (cursor.skip('AND'));
    } while (cursor.skip('OR'));
  });
}

function parseNegation(cursor: Cursor): void {
  while (cursor.skip('NOT'));
  if (cursor.skip('EXISTS')) cursor.inParentheses(() => parseSelect(cursor));
  else parseComparison(cursor);
}

function parseComparison(cursor: Cursor): void {
  parseSum(cursor);
  for (;;) {
    if (['=', '<>', '!=', '<', '<=', '>', '>='].some((sign) => cursor.skip(sign))) {
      parseSum(cursor);
    } else if (cursor.skip('IS')) {
      cursor.skip('NOT');
      if (!['NULL', 'TRUE', 'FALSE', 'UNKNOWN'].some((word) => cursor.skip(word))) {
        cursor.refuse('NULL');
      }
    } else if (cursor.skip('IN') || cursor.skip('NOT', 'IN')) {
      cursor.inParentheses(() => parseSelectOrList(cursor));
    } else if (cursor.skip('LIKE') || cursor.skip('NOT', 'LIKE') || cursor.skip('ILIKE')) {
      parseSum(cursor);
    } else if (cursor.skip('BETWEEN') || cursor.skip('NOT', 'BETWEEN')) {
      parseSum(cursor);
      cursor.expect('AND');
      parseSum(cursor);
    } else return;
  }
}

function parseSelectOrList(cursor: Cursor): void {
  if (cursor.sees('SELECT')) parseSelect(cursor);
  else cursor.list(() => parseExpression(cursor));
}

function parseSum(cursor: Cursor): void {
  do {
    if (!cursor.skip('-')) cursor.skip('+');
    parseOperand(cursor);
  } while (['+', '-', '*', '/', '%', '||'].some((sign) => cursor.skip(sign)));
}

function parseOperand(cursor: Cursor): void {
  parsePrimary(cursor);
  while (cursor.skip('::')) parseType(cursor);
}

function parsePrimary(cursor: Cursor): void {
  const { kind } = cursor.peek();
  if (kind === 'text' || kind === 'number' || kind === 'parameter') cursor.take();
  else if (cursor.sees('(')) cursor.inParentheses(() => parseSelectOrList(cursor));
  else if (['NULL', 'TRUE', 'FALSE', 'CURRENT_USER'].some((word) => cursor.skip(word))) return;
  else if (cursor.skip('CASE')) parseCase(cursor);
  else if (cursor.skip('CAST')) {
    cursor.inParentheses(() => {
      parseExpression(cursor);
      cursor.expect('AS');
      parseType(cursor);
    });
  } else if (kind === 'word' && cursor.peek(1).text === '(') parseCall(cursor);
  else parseColumn(cursor);
}

function parseCase(cursor: Cursor): void {
  if (!cursor.sees('WHEN')) parseExpression(cursor);
  cursor.expect('WHEN');
  do {
    parseExpression(cursor);
    cursor.expect('THEN');
    parseExpression(cursor);
  } while (cursor.skip('WHEN'));
  if (cursor.skip('ELSE')) parseExpression(cursor);
  cursor.expect('END');
}

function parseCall(cursor: Cursor): void {
  const name = cursor.take();
  const bounds = FUNCTIONS[name.text];
  if (bounds === undefined) cursor.refuse('a function of Redshift', name);
  const [fewest, most] = bounds;
  let count = 0;
  cursor.inParentheses(() => {
    if (cursor.sees(')')) return;
    if (name.text === 'COUNT' && cursor.skip('*')) {
      count = 1;
      return;
    }
    cursor.skip('DISTINCT');
    cursor.list(() => {
      count += 1;
      const isPosition = name.text === 'REGEXP_REPLACE' && count === 4;
      if (isPosition && cursor.peek().kind !== 'number') cursor.refuse('a position');
      parseExpression(cursor);
    });
  });
  if (count < fewest || count > most) {
    cursor.refuse(`${name.text} with ${fewest} to ${most} arguments`, name);
  }
}

/** A column; into a SUPER column by members and elements, `payload.user.mails[0]`. */
function parseColumn(cursor: Cursor): void {
  cursor.name();
  for (;;) {
    if (cursor.skip('.')) cursor.name();
    else if (cursor.skip('[')) {
      cursor.kind('number', 'the place of an element');
      cursor.expect(']');
    } else return;
  }
}
