import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import type { SqlRow } from '../../../lib/core/ports/warehouse.ts';
import type { LocalWarehouse } from '../../../lib/local/warehouse/pglite-warehouse.ts';

interface DataApiFaults {
  /** Names of errors that the next calls answer with, in order. */
  readonly errors: string[];
  /** How often a statement is seen running before it is seen ended. */
  runningFor: number;
}

interface Statement {
  readonly id: string;
  looks: number;
  status?: string;
  result?: object;
  rows?: readonly SqlRow[];
}

/**
 * The Data API as documented (asynchronous statements, client tokens, batches as one transaction with
 * sub-statements, results page by page), its SQL run by the embedded PostgreSQL.
 */
export function scriptedDataApi(database: LocalWarehouse) {
  const faults: DataApiFaults = { errors: [], runningFor: 1 };
  const byToken = new Map<string, Statement>();
  const byId = new Map<string, Statement>();
  const calls: string[] = [];
  const add = (token: string | undefined): Statement => {
    const statement = { id: `st-${byId.size + 1}`, looks: 0 };
    byId.set(statement.id, statement);
    if (token !== undefined) byToken.set(token, statement);
    return statement;
  };
  const positional = (
    sql: string,
    parameters: readonly { name?: string; value?: string }[] = [],
  ) => {
    const values: string[] = [];
    const texts = sql.split(/:(p\d+)/).reduce<string[]>((parts, part, at) => {
      if (at % 2 === 0) return [...parts, part];
      values.push(parameters.find(({ name }) => name === part)!.value!);
      return parts;
    }, []);
    return { texts, values };
  };
  const send = async (command: unknown): Promise<object> => {
    const name = (command as object).constructor.name.replace('Command', '');
    calls.push(name);
    const error = faults.errors.shift();
    if (error !== undefined) throw Object.assign(new Error('told: secret'), { name: error });
    if (command instanceof BatchExecuteStatementCommand) {
      const { Sqls = [], Parameters, ClientToken } = command.input;
      const known = byToken.get(ClientToken ?? '');
      if (known !== undefined) return { Id: known.id };
      const statement = add(ClientToken);
      const outcome = await database.transact(
        Sqls.map((sql) => positional(sql, Parameters)),
        'x',
      );
      statement.status = outcome.kind === 'committed' ? 'FINISHED' : 'FAILED';
      const message = outcome.kind === 'rolled-back' ? MESSAGES[outcome.fault] : undefined;
      statement.result = {
        Error: message,
        SubStatements: Sqls.map((_, at) =>
          outcome.kind === 'committed'
            ? { Status: 'FINISHED', ResultRows: outcome.counts[at] }
            : {
                Status: at === outcome.at ? 'FAILED' : 'ABORTED',
                Error: at === outcome.at ? message : undefined,
              },
        ),
      };
      return { Id: statement.id };
    }
    if (command instanceof ExecuteStatementCommand) {
      const statement = add(undefined);
      try {
        statement.rows = await database.query(
          positional(command.input.Sql ?? '', command.input.Parameters),
        );
        statement.status = 'FINISHED';
        statement.result = { HasResultSet: true };
      } catch {
        statement.status = 'FAILED';
        statement.result = { Error: 'ERROR: relation "x" does not exist' };
      }
      return { Id: statement.id };
    }
    if (command instanceof DescribeStatementCommand) {
      const statement = byId.get(command.input.Id ?? '')!;
      statement.looks += 1;
      if (statement.looks <= faults.runningFor) return { Status: 'STARTED' };
      return { Status: statement.status, ...statement.result };
    }
    if (command instanceof CancelStatementCommand) {
      const statement = byId.get(command.input.Id ?? '')!;
      statement.status = 'ABORTED';
      faults.runningFor = 0;
      return { Status: true };
    }
    if (command instanceof GetStatementResultCommand) {
      const rows = byId.get(command.input.Id ?? '')?.rows ?? [];
      const at = Number(command.input.NextToken ?? 0);
      const columns = Object.keys(rows[0] ?? {});
      return {
        ColumnMetadata: columns.map((column) => ({ name: column, label: column })),
        Records: rows.slice(at, at + 1).map((row) => columns.map((column) => fieldOf(row[column]))),
        ...(at + 1 < rows.length && { NextToken: String(at + 1) }),
      };
    }
    throw new Error(`not scripted: ${name}`);
  };
  return { client: { send } as unknown as Pick<RedshiftDataClient, 'send'>, faults, calls };
}

function fieldOf(value: SqlRow[string] | undefined): object {
  if (value === null || value === undefined) return { isNull: true };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { longValue: value } : { doubleValue: value };
  return typeof value === 'boolean' ? { booleanValue: value } : { stringValue: value };
}

/** As Redshift words them; some quote what they were given. */
const MESSAGES: Readonly<Record<string, string>> = {
  guard: 'ERROR: division by zero',
  'no-such-object': 'ERROR: relation "secret" does not exist',
  value: 'ERROR: value too long for type character varying(300): secret',
  syntax: 'ERROR: syntax error at or near "secret"',
  other: 'ERROR: something else: secret',
};
