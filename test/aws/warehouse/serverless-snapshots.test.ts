import {
  ConflictException,
  type RedshiftServerlessClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-redshift-serverless';
import { beforeEach, describe, expect, it } from 'vitest';
import { serverlessSnapshots } from '../../../lib/aws/warehouse/serverless-snapshots.ts';
import { serverlessResources } from '../../../lib/aws/warehouse/serverless-resources.ts';
import type { WarehouseSnapshots } from '../../../lib/core/ports/warehouse-snapshots.ts';
import { taggedResourcesContract } from '../../contracts/tagged-resources.ts';
import { all, warehouseSnapshotsContract } from '../../contracts/warehouse-snapshots.ts';

const ARN = 'arn:aws:redshift-serverless:eu-west-1:123456789012';
const fault = { message: 'told: secret', $metadata: {} };

type Input = Readonly<Record<string, unknown>>;
type Tag = { key: string; value: string };

interface ScriptedSnapshot {
  readonly arn: string;
  /** @default the warehouse’s own */
  readonly of?: string;
  readonly days?: number;
  status: string;
}

/**
 * Redshift Serverless as documented: names taken are conflicts, what is not there is not found, work
 * takes a while, a restore wants namespace and workgroup ready, a namespace goes after its workgroup.
 */
class ScriptedService {
  readonly calls: string[] = [];
  readonly snapshots = new Map<string, ScriptedSnapshot>();
  readonly namespaces = new Map<string, { status: string; holds?: string }>();
  readonly workgroups = new Map<string, { status: string; input: Input }>();
  readonly tags = new Map<string, Tag[]>();

  readonly client = {
    send: (command: { input: Input }) => {
      const name = command.constructor.name.replace('Command', '');
      this.calls.push(name);
      const verb = this.verbs[name];
      if (verb === undefined) throw new Error(`not scripted: ${name}`);
      return Promise.resolve().then(() => verb(command.input));
    },
  } as unknown as Pick<RedshiftServerlessClient, 'send'>;

  finish(): void {
    for (const one of [...this.namespaces.values(), ...this.workgroups.values()]) {
      one.status = 'AVAILABLE';
    }
    for (const one of this.snapshots.values()) one.status = 'AVAILABLE';
  }

  private readonly verbs: Readonly<Record<string, (input: Input) => object>> = {
    ListSnapshots: ({ nextToken, namespaceName }) => {
      const at = Number(nextToken ?? 0);
      const own = [...this.snapshots].filter(([, { of = 'lethe' }]) => of === namespaceName);
      const all = own.map(([snapshotName, { arn, days }]) => ({
        ...{ snapshotName, snapshotArn: arn, snapshotCreateTime: new Date(1_000) },
        ...(days !== undefined && { snapshotRetentionPeriod: days }),
      }));
      return {
        snapshots: all.slice(at, at + 1),
        ...(at + 1 < all.length && { nextToken: String(at + 1) }),
      };
    },
    ListTagsForResource: ({ resourceArn }) => ({ tags: this.tags.get(String(resourceArn)) ?? [] }),
    TagResource: ({ resourceArn, tags }) => {
      const arn = String(resourceArn);
      if (!this.tags.has(arn)) throw new ResourceNotFoundException({ ...fault, resourceName: 'x' });
      this.tags.set(arn, [...(this.tags.get(arn) ?? []), ...(tags as Tag[])]);
      return {};
    },
    CreateNamespace: ({ namespaceName, tags }) => {
      const name = String(namespaceName);
      if (this.namespaces.has(name)) throw new ConflictException(fault);
      this.namespaces.set(name, { status: 'MODIFYING' });
      this.tags.set(`${ARN}:namespace/${name}`, tags as Tag[]);
      return {};
    },
    CreateWorkgroup: (input) => {
      const name = String(input['workgroupName']);
      if (this.workgroups.has(name)) throw new ConflictException(fault);
      this.workgroups.set(name, { status: 'CREATING', input });
      return {};
    },
    GetNamespace: ({ namespaceName }) => {
      const found = this.namespaces.get(String(namespaceName));
      if (found === undefined) throw new ResourceNotFoundException({ ...fault, resourceName: 'x' });
      const namespaceArn = `${ARN}:namespace/${String(namespaceName)}`;
      return { namespace: { status: found.status, namespaceArn } };
    },
    GetWorkgroup: ({ workgroupName }) => {
      const found = this.workgroups.get(String(workgroupName));
      if (found === undefined) throw new ResourceNotFoundException({ ...fault, resourceName: 'x' });
      const { namespaceName } = found.input;
      const workgroupArn = `${ARN}:workgroup/${String(workgroupName)}`;
      return { workgroup: { status: found.status, workgroupArn, namespaceName } };
    },
    RestoreFromSnapshot: ({ namespaceName, snapshotName }) => {
      const found = this.namespaces.get(String(namespaceName))!;
      if (found.status !== 'AVAILABLE') throw new ConflictException(fault);
      Object.assign(found, { status: 'MODIFYING', holds: String(snapshotName) });
      return {};
    },
    CreateSnapshot: ({ snapshotName, retentionPeriod, namespaceName, tags }) => {
      const name = String(snapshotName);
      if (this.snapshots.has(name)) throw new ConflictException(fault);
      const arn = `${ARN}:snapshot/${name}`;
      const [of, days] = [String(namespaceName), Number(retentionPeriod)];
      this.snapshots.set(name, { arn, of, days, status: 'CREATING' });
      this.tags.set(arn, tags as Tag[]);
      return {};
    },
    GetSnapshot: ({ snapshotName }) => {
      const found = this.snapshots.get(String(snapshotName));
      if (found === undefined) throw new ResourceNotFoundException({ ...fault, resourceName: 'x' });
      return { snapshot: { status: found.status } };
    },
    DeleteSnapshot: ({ snapshotName }) => {
      if (this.snapshots.delete(String(snapshotName))) return {};
      throw new ResourceNotFoundException({ ...fault, resourceName: 'x' });
    },
    DeleteWorkgroup: ({ workgroupName }) => {
      if (this.workgroups.delete(String(workgroupName))) return {};
      throw new ResourceNotFoundException({ ...fault, resourceName: 'x' });
    },
    DeleteNamespace: ({ namespaceName }) => {
      if (this.workgroups.has(String(namespaceName))) throw new ConflictException(fault);
      if (this.namespaces.delete(String(namespaceName))) return {};
      throw new ResourceNotFoundException({ ...fault, resourceName: 'x' });
    },
  };
}

function open() {
  const service = new ScriptedService();
  const snapshots: WarehouseSnapshots = serverlessSnapshots({
    client: service.client,
    ...{ namespace: 'lethe', kmsKeyId: 'key', baseCapacity: 8 },
    ...{ subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] },
  });
  return { service, snapshots };
}

warehouseSnapshotsContract('of Redshift Serverless', () => {
  const { service, snapshots } = open();
  return Promise.resolve({ snapshots, origin: 'lethe', finish: () => service.finish() });
});

taggedResourcesContract('of Redshift Serverless', () => {
  const { service } = open();
  service.namespaces.set('lethe', { status: 'AVAILABLE' });
  service.workgroups.set('lethe', { status: 'AVAILABLE', input: { namespaceName: 'lethe' } });
  for (const id of ['old', 'new']) {
    service.snapshots.set(id, { arn: `${ARN}:snapshot/${id}`, status: 'AVAILABLE' });
  }
  for (const name of ['namespace/lethe', 'snapshot/old', 'snapshot/new']) {
    service.tags.set(`${ARN}:${name}`, []);
  }
  service.tags.set(`${ARN}:workgroup/lethe`, [{ key: 'Team', value: 'data' }]);
  return Promise.resolve({
    resources: serverlessResources(service.client, 'lethe'),
    nowhere: serverlessResources(service.client, 'nowhere'),
    missingArn: `${ARN}:snapshot/gone`,
  });
});

describe('snapshots of Redshift Serverless', () => {
  let service: ScriptedService;
  let snapshots: WarehouseSnapshots;
  beforeEach(() => {
    ({ service, snapshots } = open());
  });

  it('are listed page by page, with tags, and for ever where no retention is given', async () => {
    service.snapshots.set('a', { arn: `${ARN}:snapshot/a`, days: 7, status: 'AVAILABLE' });
    service.snapshots.set('b', { arn: `${ARN}:snapshot/b`, status: 'AVAILABLE' });
    service.tags.set(`${ARN}:snapshot/a`, [{ key: 'DataOwner', value: 'sales' }]);
    const found = await all(snapshots);
    expect(found).toEqual([
      { id: 'a', takenAt: 1_000, retentionDays: 7, isManual: true, tags: { DataOwner: 'sales' } },
      { id: 'b', takenAt: 1_000, retentionDays: -1, isManual: true, tags: {} },
    ]);
  });

  it('are restored into a closed warehouse of their own, once, however often it is asked', async () => {
    expect(await snapshots.restored('purge-a')).toBe('missing');
    await snapshots.restore('a', 'purge-a');
    await snapshots.restore('a', 'purge-a');
    expect(service.workgroups.get('purge-a')!.input).toMatchObject({
      ...{ publiclyAccessible: false, enhancedVpcRouting: true, subnetIds: ['subnet-1'] },
      configParameters: [{ parameterKey: 'require_ssl', parameterValue: 'true' }],
    });
    expect(await snapshots.restored('purge-a')).toBe('under-way');
    service.finish();
    expect(await snapshots.restored('purge-a')).toBe('under-way');
    expect(service.namespaces.get('purge-a')).toEqual({ status: 'MODIFYING', holds: 'a' });
    expect(await snapshots.restored('purge-a')).toBe('under-way');
    service.finish();
    expect(await snapshots.restored('purge-a')).toBe('done');
    expect(service.calls.filter((call) => call === 'RestoreFromSnapshot')).toHaveLength(1);
  });

  it('are never restored over a namespace that the purge did not make', async () => {
    service.namespaces.set('foreign', { status: 'AVAILABLE' });
    service.workgroups.set('foreign', { status: 'AVAILABLE', input: {} });
    expect(await snapshots.restored('foreign')).toBe('failed');
    expect(service.calls).not.toContain('RestoreFromSnapshot');
  });

  it('are taken once with their retention and tags, and told when they are whole', async () => {
    expect(await snapshots.taken('fresh')).toBe('missing');
    const fresh = { id: 'fresh', retentionDays: 29, tags: { Access: 'restricted' } };
    await snapshots.take('purge-a', fresh);
    await snapshots.take('purge-a', fresh);
    expect(await snapshots.taken('fresh')).toBe('under-way');
    service.finish();
    expect(await snapshots.taken('fresh')).toBe('done');
    expect(service.snapshots.get('fresh')!.days).toBe(29);
    service.snapshots.get('fresh')!.status = 'FAILED';
    expect(await snapshots.taken('fresh')).toBe('failed');
  });

  it('go with what was restored of them; twice is once', async () => {
    await snapshots.restore('a', 'purge-a');
    service.snapshots.set('a', { arn: 'x', status: 'AVAILABLE' });
    for (let times = 0; times < 2; times++) {
      await snapshots.deleteSnapshot('a');
      await snapshots.deleteRestored('purge-a');
    }
    expect([service.snapshots.size, service.namespaces.size, service.workgroups.size]).toEqual([
      0, 0, 0,
    ]);
  });
});
