import type { Answers } from '../../infra/wiring/aws-stand-in.ts';

const ACCOUNT_ARN = 'arn:aws:redshift:us-east-1:123456789012';

type Input = Readonly<Record<string, unknown>>;
type Tags = Record<string, string>;

interface ScriptedCluster {
  status: string;
  restore?: string;
  readonly tags: Tags;
  /** As RestoreFromClusterSnapshot was asked; empty of one that somebody made. */
  readonly asked: Input;
}

interface ScriptedSnapshot {
  readonly cluster: string;
  readonly type: 'manual' | 'automated';
  readonly at: number;
  /** Days; -1 for ever. */
  days: number;
  /** When the days begin to count. */
  begins?: number;
  status: string;
  readonly tags: Tags;
}

/**
 * Provisioned clusters in Redshift's query protocol, as documented: names that are taken and things
 * that are not there are faults, work takes until {@link finish}, tags live on with what is restored,
 * a manual snapshot outlives its cluster and an automated one goes with it. One snapshot a page.
 */
export class ScriptedClusters {
  readonly clusters = new Map<string, ScriptedCluster>();
  readonly snapshots = new Map<string, ScriptedSnapshot>();
  private readonly isInstant: boolean;

  /** @param isInstant whether work is done as soon as it is asked for */
  constructor(isInstant = false) {
    this.isInstant = isInstant;
  }

  add(name: string, tags: Tags = {}): void {
    this.clusters.set(name, { status: 'available', tags, asked: {} });
  }

  put(id: string, snapshot: Partial<ScriptedSnapshot> & { cluster: string }): void {
    const usual = {
      type: 'manual',
      at: Date.now(),
      days: -1,
      status: 'available',
      tags: {},
    } as const;
    this.snapshots.set(id, { ...usual, ...snapshot });
  }

  finish(): void {
    for (const [name, cluster] of this.clusters) {
      if (cluster.status === 'deleting') this.clusters.delete(name);
      if (cluster.status !== 'creating') continue;
      cluster.status = 'available';
      cluster.restore = 'completed';
    }
    for (const snapshot of this.snapshots.values()) {
      if (snapshot.status === 'creating') snapshot.status = 'available';
    }
  }

  private done(answer: string): string {
    if (this.isInstant) this.finish();
    return answer;
  }

  readonly answers: Answers = {
    'redshift:DescribeClusters': ({ ClusterIdentifier }) => {
      const name = String(ClusterIdentifier);
      const found = this.clusters.get(name);
      if (found === undefined) return fault('ClusterNotFound');
      return result('DescribeClusters', `<Clusters>${clusterXml(name, found)}</Clusters>`);
    },
    'redshift:DescribeClusterSnapshots': ({ ClusterIdentifier, SnapshotIdentifier, Marker }) => {
      const wanted = [...this.snapshots].filter(
        ([id, { cluster }]) =>
          (SnapshotIdentifier === undefined || id === SnapshotIdentifier) &&
          (ClusterIdentifier === undefined || cluster === ClusterIdentifier),
      );
      if (SnapshotIdentifier !== undefined && wanted.length === 0) {
        return fault('ClusterSnapshotNotFound');
      }
      const at = Number(Marker ?? 0);
      const page = wanted.slice(at, at + 1).map(([id, snapshot]) => snapshotXml(id, snapshot));
      const next = at + 1 < wanted.length ? `<Marker>${at + 1}</Marker>` : '';
      return result('DescribeClusterSnapshots', `${next}<Snapshots>${page.join('')}</Snapshots>`);
    },
    'redshift:RestoreFromClusterSnapshot': (input) => {
      const { ClusterIdentifier, SnapshotIdentifier, SnapshotClusterIdentifier } = input;
      const name = String(ClusterIdentifier);
      const snapshot = this.snapshots.get(String(SnapshotIdentifier));
      if (this.clusters.has(name)) return fault('ClusterAlreadyExists');
      if (snapshot?.cluster !== SnapshotClusterIdentifier) return fault('ClusterSnapshotNotFound');
      const tags = { ...snapshot?.tags };
      this.clusters.set(name, { status: 'creating', restore: 'starting', tags, asked: input });
      return this.done(result('RestoreFromClusterSnapshot', ''));
    },
    'redshift:CreateClusterSnapshot': (input) => {
      const [id, cluster] = [
        String(input['SnapshotIdentifier']),
        String(input['ClusterIdentifier']),
      ];
      if (this.snapshots.has(id)) return fault('ClusterSnapshotAlreadyExists');
      const found = this.clusters.get(cluster);
      if (found === undefined) return fault('ClusterNotFound');
      if (found.status !== 'available') return fault('InvalidClusterState');
      const days = Number(input['ManualSnapshotRetentionPeriod'] ?? -1);
      const tags = { ...found.tags, ...askedTags(input) };
      this.put(id, { cluster, days, tags, status: 'creating' });
      return this.done(result('CreateClusterSnapshot', ''));
    },
    'redshift:DeleteClusterSnapshot': ({ SnapshotIdentifier, SnapshotClusterIdentifier }) => {
      const id = String(SnapshotIdentifier);
      const found = this.snapshots.get(id);
      if (found?.cluster !== SnapshotClusterIdentifier) return fault('ClusterSnapshotNotFound');
      if (found?.type === 'automated') return fault('InvalidClusterSnapshotState');
      this.snapshots.delete(id);
      return result('DeleteClusterSnapshot', '');
    },
    'redshift:DeleteCluster': ({ ClusterIdentifier, SkipFinalClusterSnapshot }) => {
      const found = this.clusters.get(String(ClusterIdentifier));
      if (found === undefined) return fault('ClusterNotFound');
      if (found.status === 'deleting') return fault('InvalidClusterState');
      if (SkipFinalClusterSnapshot !== 'true') return fault('InvalidParameterCombination');
      found.status = 'deleting';
      for (const [id, { cluster, type }] of this.snapshots) {
        if (cluster === ClusterIdentifier && type === 'automated') this.snapshots.delete(id);
      }
      return this.done(result('DeleteCluster', ''));
    },
    'redshift:CreateTags': (input) => {
      const [, kind, name = ''] =
        /:(cluster|snapshot):(.+)$/.exec(String(input['ResourceName'])) ?? [];
      const found =
        kind === 'cluster' ? this.clusters.get(name) : this.snapshots.get(name.split('/')[1] ?? '');
      if (found === undefined) return fault('ResourceNotFoundFault');
      Object.assign(found.tags, askedTags(input));
      return result('CreateTags', '');
    },
  };
}

/** `Tags.Tag.1.Key=…&Tags.Tag.1.Value=…`, as the query protocol sends a list. */
export function askedTags(input: Input): Tags {
  const tags: Tags = {};
  for (let at = 1; input[`Tags.Tag.${at}.Key`] !== undefined; at++) {
    tags[String(input[`Tags.Tag.${at}.Key`])] = String(input[`Tags.Tag.${at}.Value`]);
  }
  return tags;
}

function result(operation: string, body: string): string {
  return `<${operation}Response><${operation}Result>${body}</${operation}Result></${operation}Response>`;
}

function fault(code: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>told: secret</Message></Error></ErrorResponse>`;
}

const tagsXml = (tags: Tags): string =>
  Object.entries(tags)
    .map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`)
    .join('');

function clusterXml(name: string, { status, restore, tags }: ScriptedCluster): string {
  return `<Cluster><ClusterIdentifier>${name}</ClusterIdentifier><ClusterStatus>${status}</ClusterStatus>
    <ClusterNamespaceArn>${ACCOUNT_ARN}:namespace:11111111-2222</ClusterNamespaceArn>
    <ClusterSubnetGroupName>inner</ClusterSubnetGroupName><EnhancedVpcRouting>true</EnhancedVpcRouting>
    <VpcSecurityGroups><VpcSecurityGroup><VpcSecurityGroupId>sg-1</VpcSecurityGroupId></VpcSecurityGroup></VpcSecurityGroups>
    <ClusterParameterGroups><ClusterParameterGroup><ParameterGroupName>tls-only</ParameterGroupName></ClusterParameterGroup></ClusterParameterGroups>
    ${restore === undefined ? '' : `<RestoreStatus><Status>${restore}</Status></RestoreStatus>`}
    <Tags>${tagsXml(tags)}</Tags></Cluster>`;
}

function snapshotXml(id: string, snapshot: ScriptedSnapshot): string {
  const { cluster, type, at, days, begins = at, status, tags } = snapshot;
  return `<Snapshot><SnapshotIdentifier>${id}</SnapshotIdentifier><ClusterIdentifier>${cluster}</ClusterIdentifier>
    <SnapshotCreateTime>${new Date(at).toISOString()}</SnapshotCreateTime><Status>${status}</Status>
    <SnapshotRetentionStartTime>${new Date(begins).toISOString()}</SnapshotRetentionStartTime>
    <SnapshotType>${type}</SnapshotType><ManualSnapshotRetentionPeriod>${days}</ManualSnapshotRetentionPeriod>
    <SnapshotArn>${ACCOUNT_ARN}:snapshot:${cluster}/${id}</SnapshotArn><Tags>${tagsXml(tags)}</Tags></Snapshot>`;
}
