import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redshiftFault } from '../../../lib/core/warehouse/grammar/redshift-fault.ts';
import { identifier, literal } from '../../../lib/core/warehouse/sql/statement.ts';

/** As the Database Developer Guide shows them, or close to it. */
const DOCUMENTED = [
  "CREATE RLS POLICY policy_concerts WITH (catgroup VARCHAR(10)) USING (catgroup = 'Concerts')",
  "CREATE RLS POLICY p WITH (forgotten_flag VARCHAR(12)) AS t USING (t.forgotten_flag = 'No')",
  'CREATE RLS POLICY all_can_see USING (TRUE)',
  'ATTACH RLS POLICY policy_concerts ON tickit_category_redshift TO ROLE analyst, ROLE dbadmin',
  'ATTACH RLS POLICY p ON TABLE shop.customers, shop.orders TO PUBLIC',
  'DETACH RLS POLICY policy_concerts ON tickit_category_redshift FROM ROLE analyst, ROLE dbadmin',
  'DROP RLS POLICY IF EXISTS policy_concerts CASCADE',
  'ALTER TABLE tickit_category_redshift ROW LEVEL SECURITY ON',
  'ALTER TABLE tickit_category_redshift ROW LEVEL SECURITY ON CONJUNCTION TYPE OR',
  "CREATE MASKING POLICY mask_credit_card_full WITH (credit_card VARCHAR(256)) USING ('000000XXXX0000'::VARCHAR(256))",
  "CREATE MASKING POLICY p IF NOT EXISTS WITH (pan VARCHAR(256), flag BOOLEAN) USING (CASE WHEN flag THEN pan ELSE '*' END)",
  'ATTACH MASKING POLICY partial_hash ON credit_cards(address, credit_card) TO ROLE analytics_role PRIORITY 20',
  'ATTACH MASKING POLICY m ON orders (person.name.first_name) USING (person.name.first_name, flag) TO PUBLIC',
  'DETACH MASKING POLICY m ON credit_cards(credit_card) FROM ROLE analytics_role',
  'DROP MASKING POLICY mask_credit_card_full',
  'GRANT IGNORE RLS TO ROLE dbadmin',
  'GRANT SELECT ON tickit_category_redshift TO ROLE analyst',
  'VACUUM',
  'VACUUM DELETE ONLY sales TO 75 PERCENT',
  'VACUUM FULL sales BOOST',
  'SELECT c_name, c_orders[0].o_orderkey FROM customer_orders_lineitem',
  "SELECT polname FROM svv_rls_policy WHERE polname = 'x'",
  'SELECT table_schema FROM svv_columns ORDER BY table_schema DESC LIMIT 10',
  'DELETE FROM event USING sales WHERE event.eventid = sales.eventid',
  'UPDATE category SET catid = 100 FROM (SELECT MAX(x) AS y FROM z GROUP BY x) AS q WHERE q.y IN (SELECT 1)',
  "INSERT INTO t (a, b) VALUES (:p1, NULL), (:p2, 'it''s')",
  'CREATE TABLE IF NOT EXISTS t (a VARCHAR(MAX) NOT NULL, b SUPER, c DECIMAL(38,10) DEFAULT 1)',
  'CREATE TABLE a.b AS SELECT DISTINCT x FROM c.d',
  "ALTER TABLE t ADD COLUMN f VARCHAR(12) DEFAULT 'No' NOT NULL",
  "COMMENT ON COLUMN a.b.c IS 'PersonalData: contact'",
];

/** What PostgreSQL takes and Redshift does not, and what is no single statement. */
const REFUSED = [
  'CREATE INDEX i ON t (a)',
  "CREATE POLICY p ON t USING (a = 'No')",
  'ALTER TABLE t ENABLE ROW LEVEL SECURITY',
  "ALTER TABLE t ADD COLUMN IF NOT EXISTS f VARCHAR(12) DEFAULT 'No'",
  'CREATE TABLE t (a TEXT)',
  'CREATE TABLE t (a JSONB)',
  'CREATE TABLE t (a VARCHAR(65536))',
  "SELECT payload ->> 'mail' FROM t",
  "SELECT REGEXP_REPLACE(a, '[^0-9]', '', 'g') FROM t",
  'SELECT string_agg(a) FROM t',
  'SELECT gen_random_uuid()',
  'INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING',
  'DELETE FROM t RETURNING a',
  'UPDATE t SET t.a = 1',
  'SELECT 1; DROP TABLE t',
  'SELECT 1 -- and nothing else',
  'SELECT /* hidden */ 1',
  "SELECT 'a\\'",
  'VACUUM t TO 101 PERCENT',
  'CREATE MASKING POLICY IF NOT EXISTS p WITH (a INT) USING (1)',
  'CREATE MASKING POLICY p USING (1)',
  'ATTACH MASKING POLICY p ON t (a) TO ROLE x, ROLE y',
  'ATTACH MASKING POLICY p ON t TO PUBLIC',
  'ATTACH RLS POLICY p TO PUBLIC',
  'CREATE RLS POLICY p WITH (a VARCHAR(1))',
  'TRUNCATE t',
  'SELECT "" FROM t',
  'SELECT $1',
  `SELECT ${'('.repeat(5_000)}1${')'.repeat(5_000)}`,
  '',
];

describe("Redshift's grammar", () => {
  it.each(DOCUMENTED)('takes: %s', (statement) => {
    expect(redshiftFault(statement)).toBeUndefined();
  });

  it.each(REFUSED)('refuses: %.60s', (statement) => {
    expect(redshiftFault(statement)).toEqual(expect.any(String));
  });

  it('reads one name out of whatever was quoted, and one text out of whatever was made one', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(word, word, (name, text) => {
        let quoted: string;
        try {
          quoted = `${identifier(name).texts.join('')} = ${literal(text).texts.join('')}`;
        } catch {
          return;
        }
        expect(redshiftFault(`SELECT a FROM t WHERE ${quoted}`)).toBeUndefined();
        expect(redshiftFault(`SELECT a FROM t WHERE ${quoted} x`)).toBeDefined();
      }),
    );
  });

  it('never throws, whatever it is given', () => {
    const words = fc.constantFrom(
      'SELECT',
      '(',
      ')',
      "'",
      '"',
      ',',
      'CASE',
      'FROM',
      'é',
      '::',
      '1',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 40 }), (parts) => {
        expect(['undefined', 'string']).toContain(typeof redshiftFault(parts.join(' ')));
      }),
    );
  });
});
