import type { Cursor } from './cursor.ts';
import { parseExpression } from './expressions.ts';
import { parseSelect } from './select.ts';
import { parseType } from './types.ts';

/** CREATE {SCHEMA | TABLE | ROLE}; policies are elsewhere. */
export function parseCreate(cursor: Cursor): void {
  if (cursor.skip('SCHEMA')) {
    cursor.skip('IF', 'NOT', 'EXISTS');
    cursor.name();
  } else if (cursor.skip('ROLE')) cursor.name();
  else {
    cursor.expect('TABLE');
    cursor.skip('IF', 'NOT', 'EXISTS');
    cursor.relation();
    if (cursor.skip('AS')) parseSelect(cursor);
    else cursor.inParentheses(() => cursor.list(() => parseColumnDefinition(cursor)));
  }
}

/** ALTER TABLE: one action at a time; ADD COLUMN knows no IF NOT EXISTS. */
export function parseAlter(cursor: Cursor): void {
  cursor.expect('TABLE');
  cursor.relation();
  if (cursor.skip('ADD')) {
    cursor.skip('COLUMN');
    parseColumnDefinition(cursor);
  } else if (cursor.skip('DROP')) {
    cursor.skip('COLUMN');
    cursor.name();
    if (!cursor.skip('RESTRICT')) cursor.skip('CASCADE');
  } else if (cursor.skip('RENAME', 'TO')) cursor.name();
  else {
    cursor.expect('ROW', 'LEVEL', 'SECURITY');
    if (!cursor.skip('ON')) cursor.expect('OFF');
    if (cursor.skip('CONJUNCTION', 'TYPE') && !cursor.skip('AND')) cursor.expect('OR');
  }
}

function parseColumnDefinition(cursor: Cursor): void {
  cursor.name();
  parseType(cursor);
  if (cursor.skip('DEFAULT')) parseExpression(cursor);
  if (!cursor.skip('NOT', 'NULL')) cursor.skip('NULL');
  // Redshift's order: a DEFAULT stands before NOT NULL; a column definition takes it after, too.
  if (cursor.skip('DEFAULT')) parseExpression(cursor);
}

/** COMMENT ON {TABLE | COLUMN} name IS 'text' */
export function parseComment(cursor: Cursor): void {
  cursor.expect('ON');
  if (!cursor.skip('TABLE') && !cursor.skip('COLUMN')) cursor.expect('SCHEMA');
  cursor.name();
  while (cursor.skip('.')) cursor.name();
  cursor.expect('IS');
  if (!cursor.skip('NULL')) cursor.kind('text', 'a text');
}

const PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'USAGE', 'REFERENCES', 'ALL'];

/** Permissions of the whole system, which only roles are given (GRANT, "system permissions"). */
const OF_THE_SYSTEM = ['ANALYZE', 'VACUUM'];

/** GRANT … ON … TO …, GRANT {EXPLAIN | IGNORE} RLS TO ROLE …, and GRANT {ANALYZE | VACUUM} TO ROLE … */
export function parseGrant(cursor: Cursor): void {
  if (cursor.skip('IGNORE', 'RLS') || cursor.skip('EXPLAIN', 'RLS')) {
    cursor.expect('TO', 'ROLE');
    cursor.name();
    return;
  }
  if (OF_THE_SYSTEM.some((one) => cursor.sees(one))) {
    cursor.list(() => {
      if (!OF_THE_SYSTEM.some((one) => cursor.skip(one))) cursor.refuse('a permission');
    });
    cursor.expect('TO', 'ROLE');
    cursor.name();
    return;
  }
  cursor.list(() => {
    if (!PRIVILEGES.some((one) => cursor.skip(one))) cursor.refuse('a permission');
  });
  cursor.expect('ON');
  if (!cursor.skip('SCHEMA')) cursor.skip('TABLE');
  cursor.relation();
  cursor.expect('TO');
  cursor.list(() => parseGrantee(cursor));
}

/** A user, ROLE name, or PUBLIC. */
export function parseGrantee(cursor: Cursor): void {
  if (cursor.skip('PUBLIC')) return;
  if (!cursor.skip('ROLE')) cursor.skip('GROUP');
  cursor.name();
}

const VACUUM_MODES = [['FULL'], ['SORT', 'ONLY'], ['DELETE', 'ONLY'], ['REINDEX'], ['RECLUSTER']];

/** VACUUM [mode] [table [TO n PERCENT] [BOOST]] */
export function parseVacuum(cursor: Cursor): void {
  VACUUM_MODES.some((words) => cursor.skip(...words));
  if (cursor.peek().kind === 'end') return;
  cursor.relation();
  if (cursor.skip('TO')) {
    const share = cursor.kind('number', 'a threshold');
    if (Number(share.text) > 100) cursor.refuse('a threshold of at most 100', share);
    cursor.expect('PERCENT');
  }
  cursor.skip('BOOST');
}
