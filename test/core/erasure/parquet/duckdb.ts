import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

/** DuckDB as the oracle: an implementation of Parquet that shares nothing with ours. */
export class Duck {
  readonly #connection: DuckDBConnection;
  readonly #folder: string;
  #files = 0;

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection;
    this.#folder = mkdtempSync(join(tmpdir(), 'lethe-parquet-'));
  }

  static async open(): Promise<Duck> {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run('SET threads = 1');
    return new Duck(connection);
  }

  close(): void {
    this.#connection.closeSync();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The result's rows as JSON values. */
  async rows(sql: string): Promise<Record<string, unknown>[]> {
    return await (await this.#connection.run(sql)).getRowObjectsJson();
  }

  /** Puts an object where SQL can read it; answers its path as an SQL string. */
  place(bytes: Uint8Array): string {
    const path = join(this.#folder, `${this.#files++}.parquet`);
    writeFileSync(path, bytes);
    return `'${path}'`;
  }

  /** An object with the rows of a query, written by DuckDB. */
  async write(query: string, options = ''): Promise<Buffer> {
    const path = join(this.#folder, `${this.#files++}.parquet`);
    await this.#connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet${options})`);
    return readFileSync(path);
  }

  /**
   * How an object differs from the rows of another that meet a condition, in the same order; all
   * columns and values compared. Undefined when it does not.
   */
  async difference(
    original: Uint8Array,
    condition: string,
    rewritten: Uint8Array,
  ): Promise<Record<string, unknown> | undefined> {
    const read = (bytes: Uint8Array) =>
      `read_parquet(${this.place(bytes)}, file_row_number = true)`;
    const [counts] = await this.rows(`
      WITH wanted AS (
        SELECT row_number() OVER (ORDER BY file_row_number) - 1 AS at, * EXCLUDE (file_row_number)
        FROM ${read(original)} WHERE coalesce(${condition}, false)
      ), got AS (
        SELECT file_row_number AS at, * EXCLUDE (file_row_number) FROM ${read(rewritten)}
      )
      SELECT
        (SELECT count(*) FROM wanted) AS wanted,
        (SELECT count(*) FROM got) AS got,
        (SELECT count(*) FROM (FROM wanted EXCEPT ALL FROM got)) AS missing`);
    return counts!['wanted'] === counts!['got'] && counts!['missing'] === '0' ? undefined : counts;
  }

  /** What of an object must not change when rows go: schema, metadata, codecs. */
  async outline(bytes: Uint8Array): Promise<unknown> {
    const file = this.place(bytes);
    return {
      schema: await this.rows(`SELECT * EXCLUDE (file_name) FROM parquet_schema(${file})`),
      pairs: await this.rows(`SELECT * EXCLUDE (file_name) FROM parquet_kv_metadata(${file})`),
      writer: await this.rows(
        `SELECT created_by, format_version FROM parquet_file_metadata(${file})`,
      ),
      columns: await this.rows(
        `SELECT DISTINCT path_in_schema, type, compression, encodings FROM parquet_metadata(${file}) ORDER BY ALL`,
      ),
    };
  }
}
