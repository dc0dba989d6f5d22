import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
} from '@aws-sdk/client-redshift-data';
import { randomUUID } from 'node:crypto';
import type { LocalWarehouse } from '../../../../lib/local/warehouse/pglite-warehouse.ts';
import { scriptedDataApi } from '../../../aws/warehouse/scripted-data-api.ts';
import type { Answers } from '../aws-stand-in.ts';
import { ACCOUNT, REGION } from '../intrinsics.ts';

/** The Data API over embedded databases, one for each workgroup or cluster. VACUUM is Redshift's own and done. */
export function dataApiAnswers(
  databaseOf: (name: string) => LocalWarehouse,
  vacuumed: string[],
): Answers {
  const apis = new Map<string, ReturnType<typeof scriptedDataApi>>();
  const statements = new Map<string, { api: ReturnType<typeof scriptedDataApi>; id: string }>();
  const send = async (
    input: Input,
    command: ExecuteStatementCommand | BatchExecuteStatementCommand,
  ) => {
    const name = String(input['WorkgroupName'] ?? input['ClusterIdentifier']);
    const api = apis.get(name) ?? scriptedDataApi(databaseOf(name));
    apis.set(name, api);
    const { Id } = (await api.client.send(command as ExecuteStatementCommand)) as { Id: string };
    const id = randomUUID();
    statements.set(id, { api, id: Id });
    return { Id: id };
  };
  return {
    'redshift-data:ExecuteStatement': (input) => {
      const sql = String(input['Sql']);
      if (sql.startsWith('VACUUM')) {
        vacuumed.push(sql);
        return send(input, new ExecuteStatementCommand({ ...(input as object), Sql: 'SELECT 1' }));
      }
      return send(input, new ExecuteStatementCommand(input as { Sql: string }));
    },
    'redshift-data:BatchExecuteStatement': (input) =>
      send(input, new BatchExecuteStatementCommand(input as { Sqls: string[] })),
    'redshift-data:DescribeStatement': ({ Id }) => {
      const { api, id } = statements.get(String(Id))!;
      return api.client.send(new DescribeStatementCommand({ Id: id }));
    },
    'redshift-data:GetStatementResult': ({ Id, NextToken }) => {
      const { api, id } = statements.get(String(Id))!;
      const token = NextToken as string | undefined;
      return api.client.send(new GetStatementResultCommand({ Id: id, NextToken: token }));
    },
  };
}

type Input = Readonly<Record<string, unknown>>;

interface Snapshot {
  readonly snapshotName: string;
  readonly snapshotArn: string;
  readonly snapshotCreateTime: string;
  readonly snapshotRetentionPeriod: number;
  readonly status: string;
}

const arn = (kind: string, name: string): string =>
  `arn:aws:redshift-serverless:${REGION}:${ACCOUNT}:${kind}/${name}`;

/** Redshift Serverless whose work is done at once: namespaces, workgroups, snapshots and their tags. */
export class ServerlessService {
  readonly snapshots = new Map<string, Snapshot>();
  readonly namespaces = new Set<string>();
  private readonly tags = new Map<string, { key: string; value: string }[]>();

  take(snapshotName: string, snapshotRetentionPeriod: number, takenAt: number): void {
    this.snapshots.set(snapshotName, {
      ...{ snapshotName, snapshotRetentionPeriod, status: 'AVAILABLE' },
      snapshotArn: arn('snapshot', snapshotName),
      snapshotCreateTime: new Date(takenAt).toISOString(),
    });
  }

  readonly answers: Answers = {
    'redshift-serverless:ListSnapshots': () => ({ snapshots: [...this.snapshots.values()] }),
    'redshift-serverless:ListTagsForResource': ({ resourceArn }) => ({
      tags: this.tags.get(String(resourceArn)) ?? [],
    }),
    'redshift-serverless:TagResource': ({ resourceArn, tags }) => {
      const known = this.tags.get(String(resourceArn)) ?? [];
      this.tags.set(String(resourceArn), [...known, ...(tags as typeof known)]);
      return {};
    },
    'redshift-serverless:CreateNamespace': ({ namespaceName, tags }) => {
      this.namespaces.add(String(namespaceName));
      this.tags.set(arn('namespace', String(namespaceName)), tags as []);
      return { namespace: {} };
    },
    'redshift-serverless:CreateWorkgroup': () => ({ workgroup: {} }),
    'redshift-serverless:GetNamespace': ({ namespaceName }) => ({
      namespace: { status: 'AVAILABLE', namespaceArn: arn('namespace', String(namespaceName)) },
    }),
    'redshift-serverless:GetWorkgroup': () => ({ workgroup: { status: 'AVAILABLE' } }),
    'redshift-serverless:RestoreFromSnapshot': () => ({ namespace: {} }),
    'redshift-serverless:CreateSnapshot': ({ snapshotName, retentionPeriod }) => {
      this.take(String(snapshotName), Number(retentionPeriod), Date.now());
      return { snapshot: {} };
    },
    'redshift-serverless:GetSnapshot': ({ snapshotName }) => ({
      snapshot: this.snapshots.get(String(snapshotName)),
    }),
    'redshift-serverless:DeleteSnapshot': ({ snapshotName }) => {
      this.snapshots.delete(String(snapshotName));
      return {};
    },
    'redshift-serverless:DeleteWorkgroup': () => ({}),
    'redshift-serverless:DeleteNamespace': ({ namespaceName }) => {
      this.namespaces.delete(String(namespaceName));
      return {};
    },
  };
}
