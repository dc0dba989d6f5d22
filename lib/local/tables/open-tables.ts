import { open, type Database, type Key, type RootDatabase } from 'lmdb';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** An ordered table: keys by type, then value; lists element by element. */
type Table<Value, K extends Key = Key> = Database<Value, K>;

/**
 * Tables of the local target in one embedded database (LMDB): each transaction is whole or not at
 * all, on the disk when it answers, and readers never wait. Survives `kill -9` between any two lines.
 */
export interface Tables {
  /** Where they lie; for files that belong to them. */
  readonly directory: string;
  table<Value, K extends Key>(name: string): Table<Value, K>;
  /** Runs `work` as one transaction, alone among all processes; a throw undoes it. */
  transact<Result>(work: () => Result): Result;
  /** To be done before the tables are closed. */
  onClose(work: () => void): void;
  close(): Promise<void>;
}

/** LMDB's own limit is compiled in; ours is how many tables this program has, with room. */
const MOST_TABLES = 32;

/** Opens the tables in `directory`, making them if need be. Readable by their owner alone. */
export function openTables(directory: string): Tables {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'tables.mdb');
  const root: RootDatabase = open({
    path,
    noSubdir: true,
    encoding: 'json',
    maxDbs: MOST_TABLES,
    // A commit answers once it is flushed; overlapping would answer before.
    overlappingSync: false,
    mode: 0o600,
  } as Parameters<typeof open>[0] & { mode: number });
  chmodSync(path, 0o600);
  const atClose: (() => void)[] = [];
  return {
    directory,
    table: (name) => root.openDB({ name, encoding: 'json' }),
    transact: (work) => root.transactionSync(work),
    onClose: (work) => atClose.push(work),
    close: async () => {
      for (const work of atClose.splice(0)) work();
      await root.close();
    },
  };
}
