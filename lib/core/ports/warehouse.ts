/** Which database speaks: PostgreSQL locally, Amazon Redshift on AWS. */
export type SqlDialect = 'postgres' | 'redshift';

export type SqlValue = string | number | boolean | null;

/**
 * A statement with its values apart: `texts` has one member more than `values`, and a parameter
 * stands between each two. Made by `sql/statement.ts` alone, so that no value is ever part of a text.
 */
export interface SqlStatement {
  readonly texts: readonly string[];
  readonly values: readonly SqlValue[];
}

/** A row by column name. Whole numbers are numbers, whatever the width of their type. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** Why a statement failed, in words that hold nothing of its values. */
export type SqlFault =
  /** A guard in the transaction did not hold: see sql/guard.ts. */
  | 'guard'
  | 'no-such-object'
  | 'syntax'
  | 'permission'
  /** A value that its column cannot take, or that the service cannot carry. */
  | 'value'
  /** Others wrote the same rows, or the service was busy or gone: the same again may do. */
  | 'conflict'
  | 'timeout'
  | 'unavailable'
  | 'other';

export type TransactOutcome =
  /** Rows changed (or answered) by each statement, in order. */
  | { readonly kind: 'committed'; readonly counts: readonly number[] }
  /** Nothing of it was done. `at` is the statement's place, from 0, where the database told it. */
  | { readonly kind: 'rolled-back'; readonly fault: SqlFault; readonly at?: number };

/** A read or a lone statement that failed. Holds no value and no message of the database. */
export class WarehouseError extends Error {
  override readonly name = 'WarehouseError';
  readonly fault: SqlFault;

  constructor(fault: SqlFault) {
    super(`The warehouse refused a statement: ${fault}`);
    this.fault = fault;
  }
}

/** Most statements of one transaction: BatchExecuteStatement takes 40 (API reference, `Sqls`). */
export const MOST_STATEMENTS = 40;

/** A data warehouse: Amazon Redshift through its Data API, or an embedded PostgreSQL. */
export interface Warehouse {
  readonly dialect: SqlDialect;
  /**
   * Runs up to {@link MOST_STATEMENTS} statements as one transaction: all or nothing. The same token
   * with the same statements again, after a crash, waits for the first rather than running twice
   * where the service remembers it (hours); beyond that statements must be such that twice is once.
   */
  transact(statements: readonly SqlStatement[], token: string): Promise<TransactOutcome>;
  /** Rows in the order of the statement. @throws {WarehouseError} */
  query(statement: SqlStatement): Promise<readonly SqlRow[]>;
  /** Runs one statement outside any transaction (VACUUM). @throws {WarehouseError} */
  run(statement: SqlStatement): Promise<void>;
}

/** Faults that the same call may overcome. */
export function isPassing(fault: SqlFault): boolean {
  return fault === 'conflict' || fault === 'timeout' || fault === 'unavailable';
}
