import { createHash } from 'node:crypto';
import {
  BatchExecuteStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  type ColumnMetadata,
  type Field,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import {
  MOST_STATEMENTS,
  type SqlFault,
  type SqlRow,
  type SqlStatement,
  type SqlValue,
  type TransactOutcome,
  type Warehouse,
  WarehouseError,
} from '../../core/ports/warehouse.ts';
import { redshiftFault } from '../../core/warehouse/grammar/redshift-fault.ts';
import { type NamedParameter, renderNamed } from '../../core/warehouse/sql/render.ts';
import { faultOfMessage } from './redshift-faults.ts';
import { awaitStatement, persist, type Patience } from './statement-wait.ts';

export interface RedshiftWarehouseOptions extends Patience {
  readonly client: Pick<RedshiftDataClient, 'send'>;
  readonly database: string;
  /** A Serverless workgroup, or a provisioned cluster; a secret, or temporary credentials. */
  readonly workgroup?: string;
  readonly cluster?: string;
  readonly secretArn?: string;
}

/** Most bytes of a statement's text (Data API, considerations when calling). */
const LONGEST_STATEMENT = 100 * 1024;

/**
 * Amazon Redshift through the Data API. A transaction is one BatchExecuteStatement, under a client
 * token made of the caller's and of all that is sent: sent again within hours it is the same statement.
 * Throttling and full queues are waited for; a statement that takes too long is cancelled, and only
 * what the service says of it then is answered.
 */
export function redshiftWarehouse(options: RedshiftWarehouseOptions): Warehouse {
  const { client, database, workgroup, cluster, secretArn } = options;
  const target = {
    Database: database,
    ...(workgroup !== undefined && { WorkgroupName: workgroup }),
    ...(cluster !== undefined && { ClusterIdentifier: cluster }),
    ...(secretArn !== undefined && { SecretArn: secretArn }),
  };

  const execute = async (statement: SqlStatement) => {
    const { texts, parameters } = renderNamed([statement]);
    const fault = refusal(texts, parameters);
    if (fault !== undefined) throw new WarehouseError(fault);
    // A read, or a VACUUM: done twice is fine, so the SDK's own token serves.
    const { Id: id } = await persist(options, () =>
      client.send(
        new ExecuteStatementCommand({ ...target, Sql: texts[0], ...withParameters(parameters) }),
      ),
    );
    const ended = await awaitStatement(options, client, id ?? '');
    if (ended.kind === 'failed') throw new WarehouseError(ended.fault);
    return { id: id ?? '', hasRows: ended.statement.HasResultSet === true };
  };

  return {
    dialect: 'redshift',
    transact: async (statements, token) => {
      if (statements.length > MOST_STATEMENTS) return { kind: 'rolled-back', fault: 'value' };
      const { texts, parameters } = renderNamed(statements);
      const fault = refusal(texts, parameters);
      if (fault !== undefined) return { kind: 'rolled-back', fault };
      const hash = createHash('sha256').update(JSON.stringify([target, token, texts, parameters]));
      const clientToken = hash.digest('hex');
      const { Id: id } = await persist(options, () =>
        client.send(
          new BatchExecuteStatementCommand({
            ...{ ...target, Sqls: texts, ClientToken: clientToken },
            ...withParameters(parameters),
          }),
        ),
      );
      return readOutcome(await awaitStatement(options, client, id ?? ''), texts.length);
    },
    query: async (statement) => {
      const { id, hasRows } = await execute(statement);
      if (!hasRows) return [];
      const rows: SqlRow[] = [];
      let next: string | undefined;
      do {
        const page = await persist(options, () =>
          client.send(new GetStatementResultCommand({ Id: id, NextToken: next })),
        );
        const columns = page.ColumnMetadata ?? [];
        rows.push(...(page.Records ?? []).map((fields) => readRow(columns, fields)));
        next = page.NextToken;
      } while (next !== undefined && next !== '');
      return rows;
    },
    run: async (statement) => {
      await execute(statement);
    },
  };
}

/** What the service would refuse anyway, and whatever is not in Redshift's documented grammar. */
function refusal(
  texts: readonly string[],
  parameters: readonly NamedParameter[],
): SqlFault | undefined {
  if (texts.some((text) => Buffer.byteLength(text) > LONGEST_STATEMENT)) return 'value';
  if (parameters.some(({ value }) => Buffer.byteLength(value) > LONGEST_STATEMENT)) return 'value';
  return texts.some((text) => redshiftFault(text) !== undefined) ? 'syntax' : undefined;
}

function withParameters(parameters: readonly NamedParameter[]) {
  return parameters.length === 0 ? {} : { Parameters: [...parameters] };
}

function readOutcome(
  ended: Awaited<ReturnType<typeof awaitStatement>>,
  count: number,
): TransactOutcome {
  const parts = ended.statement.SubStatements ?? [];
  if (ended.kind === 'finished') {
    // -1 stands for "no number".
    const counts = Array.from({ length: count }, (_, at) =>
      Math.max(0, parts[at]?.ResultRows ?? 0),
    );
    return { kind: 'committed', counts };
  }
  const at = parts.findIndex(({ Status: status }) => status === 'FAILED');
  if (at < 0) return { kind: 'rolled-back', fault: ended.fault };
  const message = parts[at]!.Error;
  const fault = message === undefined ? ended.fault : faultOfMessage(message);
  return { kind: 'rolled-back', fault, at };
}

function readRow(columns: readonly ColumnMetadata[], fields: readonly Field[]): SqlRow {
  return Object.fromEntries(
    columns.map((column, at) => [column.label ?? column.name ?? '', readField(fields[at])]),
  );
}

function readField(field: Field | undefined): SqlValue {
  if (field === undefined || field.isNull === true) return null;
  return field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue ?? null;
}
