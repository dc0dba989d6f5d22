import { Cursor } from './cursor.ts';
import { parseDelete, parseInsert, parseUpdate } from './changes.ts';
import { parseAlter, parseComment, parseCreate, parseGrant, parseVacuum } from './definitions.ts';
import {
  parseAttachedMasking,
  parseAttachedRls,
  parseCreateMasking,
  parseCreateRls,
  parseDropPolicy,
} from './policies.ts';
import { parseSelect } from './select.ts';
import { GrammarError } from './tokens.ts';

/** First words of a statement, the longest first, and how it goes on. */
const STATEMENTS: readonly (readonly [readonly string[], (cursor: Cursor) => void])[] = [
  [['CREATE', 'RLS', 'POLICY'], parseCreateRls],
  [['CREATE', 'MASKING', 'POLICY'], parseCreateMasking],
  [['ATTACH', 'RLS', 'POLICY'], (cursor) => parseAttachedRls(cursor, 'TO')],
  [['DETACH', 'RLS', 'POLICY'], (cursor) => parseAttachedRls(cursor, 'FROM')],
  [['ATTACH', 'MASKING', 'POLICY'], (cursor) => parseAttachedMasking(cursor, 'TO')],
  [['DETACH', 'MASKING', 'POLICY'], (cursor) => parseAttachedMasking(cursor, 'FROM')],
  [['DROP', 'RLS', 'POLICY'], parseDropPolicy],
  [['DROP', 'MASKING', 'POLICY'], parseDropPolicy],
  [['CREATE'], parseCreate],
  [['ALTER'], parseAlter],
  [['COMMENT'], parseComment],
  [['GRANT'], parseGrant],
  [['VACUUM'], parseVacuum],
  [['INSERT'], parseInsert],
  [['UPDATE'], parseUpdate],
  [['DELETE'], parseDelete],
];

/**
 * What Redshift's documented grammar has against a statement, or undefined. It knows the part of the
 * grammar that Lethe uses (Amazon Redshift Database Developer Guide, SQL commands) and refuses the
 * rest: a statement that passes is documented; one that does not might still be.
 */
export function redshiftFault(statement: string): string | undefined {
  try {
    const cursor = new Cursor(statement);
    if (cursor.sees('SELECT')) parseSelect(cursor);
    else {
      const known = STATEMENTS.find(([words]) => cursor.skip(...words));
      if (known === undefined) return cursor.refuse('a statement that Lethe uses');
      known[1](cursor);
    }
    if (cursor.peek().kind !== 'end') cursor.refuse('the end');
    return undefined;
  } catch (error) {
    if (error instanceof GrammarError) return error.message;
    throw error;
  }
}
