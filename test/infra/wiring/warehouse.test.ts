import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROTOCOL } from '../../../lib/core/services/protocol.ts';
import { sql } from '../../../lib/core/warehouse/sql/statement.ts';
import {
  openMemoryWarehouse,
  type LocalWarehouse,
} from '../../../lib/local/warehouse/pglite-warehouse.ts';
import { addPerson, makeTables, must } from '../../core/warehouse/warehouse-fixture.ts';
import { ScriptedClusters } from '../../aws/warehouse/scripted-clusters.ts';
import { composeApp } from '../synthesize.ts';
import { MAP_WITH_TABLES } from '../warehouse-map.ts';
import type { Answers } from './aws-stand-in.ts';
import { bundleWithMap } from './bundle-with-map.ts';
import { ACCOUNT, REGION } from './intrinsics.ts';
import { deployAssembly, type Deployment } from './deployed-functions.ts';
import { proveWiring, type Wiring } from './prove-wiring.ts';
import { kmsAnswers, secretAnswers } from './world/services.ts';
import { VersionedObjects } from './world/versioned-objects.ts';
import { dataApiAnswers, ServerlessService } from './world/warehouse.ts';

/** Which code each function of the stack runs. */
const VERBS: Readonly<Record<string, string>> = {
  WarehouseService: 'serve-warehouse',
  ForgottenRows: 'delete-forgotten',
  LedgerReplay: 'replay-ledger',
  SnapshotPurgeStep: 'purge-snapshot',
};
const DAY = 86_400_000;
const KEY_ARN = 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222';
const ANNA = { id: 'c1', email: 'anna@example.org', name: 'Anna' };
const BEN = { id: 'c2', email: 'ben@example.org', name: 'Ben' };

interface World {
  readonly name: string;
  readonly context: Readonly<Record<string, string>>;
  /** What the warehouse is called; any other is a restored one. */
  readonly warehouse: string;
  readonly answers: Answers;
  /** Adds one that is kept for ever. */
  readonly keep: (id: string, takenAt: number) => void;
  readonly snapshots: () => readonly string[];
  /** How many warehouses are restored. */
  readonly restored: () => number;
}

function serverlessWorld(name: string, more: Readonly<Record<string, string>>): World {
  const service = new ServerlessService();
  return {
    name,
    context: { 'lethe:warehouse': 'serverless', ...more },
    warehouse: more['lethe:warehouse-name'] ?? 'lethe',
    answers: service.answers,
    keep: (id, takenAt) => service.take(id, -1, takenAt),
    snapshots: () => [...service.snapshots.keys()],
    restored: () => service.namespaces.size,
  };
}

function clusterWorld(): World {
  const service = new ScriptedClusters(true);
  service.add('analytics');
  return {
    name: 'a cluster that is there',
    context: {
      ...{ 'lethe:warehouse': 'cluster', 'lethe:warehouse-name': 'analytics' },
      ...{ 'lethe:warehouse-snapshots': 'managed', 'lethe:warehouse-key-arn': KEY_ARN },
    },
    warehouse: 'analytics',
    answers: service.answers,
    keep: (id, at) => service.put(id, { cluster: 'analytics', at }),
    snapshots: () => [...service.snapshots.keys()],
    restored: () => service.clusters.size - 1,
  };
}

/** Grants that these journeys do not need, and who does. */
const UNSEEN = [
  ['redshift-data:CancelStatement', 'a statement that takes too long is cancelled'],
  ['s3:ListBucket', 'S3 says of an object that it is absent only to who may list'],
  ['s3:ListBucketVersions', 'an undone flag, or a lapsed day, leaves the ledger'],
  ['s3:DeleteObjectVersion', 'an undone flag, or a lapsed day, leaves the ledger'],
  ['dynamodb:PutItem', 'a lapsed day’s key is destroyed'],
  ['dynamodb:GetItem', 'a lapsed day’s key is destroyed'],
  ['kms:Decrypt', 'a key of the ledger that is there already; see the other functions'],
  ['kms:DescribeKey', 'DynamoDB and Redshift look whether a key is in force'],
  ['kms:CreateGrant', 'Redshift uses the key of what it restores'],
  ['redshift-serverless:TagResource', 'what is made with tags, on what it is made of'],
  ['redshift-serverless:CreateNamespace', 'seen on the namespace; granted with workgroups'],
  ['redshift-serverless:CreateWorkgroup', 'seen on both'],
  ...[
    ...['DescribeAccountAttributes', 'DescribeAddresses', 'DescribeAvailabilityZones'],
    ...['DescribeInternetGateways', 'DescribeSecurityGroups', 'DescribeSubnets'],
    ...['DescribeVpcAttribute', 'DescribeVpcs'],
  ].map((action) => [`ec2:${action}`, 'Redshift looks at the network of a new workgroup']),
].map(([action = '', reason = '']) => ({ action, reason }));

/** One bundle of each function: the code is the same in every world. */
const folder = mkdtempSync(join(tmpdir(), 'lethe-warehouse-'));
beforeAll(async () => {
  await bundleWithMap(Object.values(VERBS), MAP_WITH_TABLES, folder);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true }));

const WORLDS = [
  serverlessWorld('a warehouse of its own', {}),
  serverlessWorld('a workgroup that is there', {
    ...{ 'lethe:warehouse': 'workgroup', 'lethe:warehouse-name': 'analytics' },
    'lethe:warehouse-workgroup-arn': `arn:aws:redshift-serverless:${REGION}:${ACCOUNT}:workgroup/analytics`,
    ...{ 'lethe:warehouse-snapshots': 'managed', 'lethe:warehouse-namespace': 'analytics' },
    ...{ 'lethe:warehouse-key-arn': KEY_ARN, 'lethe:warehouse-subnets': 'subnet-12345678' },
    'lethe:warehouse-security-groups': 'sg-12345678',
  }),
  clusterWorld(),
];

describe.each(WORLDS)('the wiring of $name', (world) => {
  const vacuumed: string[] = [];
  const objects = new VersionedObjects();
  const items = new Map<string, unknown>();
  let database: LocalWarehouse;
  let restored: LocalWarehouse;
  let deployment: Deployment;
  let answers: Answers;

  beforeAll(async () => {
    const app = composeApp({ context: world.context, map: MAP_WITH_TABLES });
    deployment = deployAssembly(app.synth(), (id) =>
      VERBS[id] === undefined ? undefined : join(folder, VERBS[id]),
    );
    database = await openMemoryWarehouse();
    restored = await openMemoryWarehouse();
    for (const one of [database, restored]) {
      await makeTables(one);
      await addPerson(one, ANNA);
      await addPerson(one, BEN);
    }
    const keyOf = (input: Readonly<Record<string, unknown>>, key: unknown): string =>
      JSON.stringify([input['TableName'], key]);
    answers = {
      ...dataApiAnswers((name) => (name === world.warehouse ? database : restored), vacuumed),
      ...world.answers,
      ...objects.answers,
      ...kmsAnswers(),
      ...secretAnswers(),
      'dynamodb:GetItem': (input) => ({ Item: items.get(keyOf(input, input['Key'])) }),
      'dynamodb:PutItem': (input) => {
        const { name } = input['Item'] as { name: unknown };
        items.set(keyOf(input, { name }), input['Item']);
        return {};
      },
    };
  }, 600_000);
  afterAll(async () => {
    await database.close();
    await restored.close();
  });

  const prove = async (id: string, ...events: readonly unknown[]): Promise<Wiring> => {
    const wiring = await proveWiring(deployment.deployed, deployment.functions.get(id)!, {
      invocations: events.map((event) => ({ event, answers })),
      unseen: UNSEEN,
      expects: () => undefined,
    });
    expect(wiring.unanswered).toEqual([]);
    expect(wiring.missing).toEqual([]);
    expect(wiring.output).not.toMatch(/anna|ben@/i);
    return wiring;
  };
  const people = async (of: LocalWarehouse): Promise<unknown[]> =>
    (await of.query(sql`SELECT customer_id FROM shop.customers_pii ORDER BY 1`)).map(
      (row) => row['customer_id'],
    );
  const task = (operation: string): object => ({
    method: 'POST',
    path: '/dsr/tasks',
    body: {
      ...{ protocol: PROTOCOL, dsrId: 'dsr-1', taskId: 'customers-table', attempt: 1 },
      ...{ store: 'customers-table', operation, reason: 'dsr:dsr-1/customers-table#1' },
      identities: [{ identifier: 'email', value: ANNA.email }],
    },
  });

  it('lets the requests hide a subject, and keeps whom in a sealed ledger', async () => {
    const wiring = await prove(
      'WarehouseService',
      { method: 'GET', path: '/dsr/capabilities' },
      task('gather'),
      task('erase'),
    );
    expect(wiring.results).toMatchObject([
      { status: 200 },
      { status: 200, body: { status: 'done', affected: 1 } },
      { status: 200, body: { status: 'done', affected: 1 } },
    ]);
    const ledger = deployment.functions.get('WarehouseService')!.environment['LEDGER_BUCKET']!;
    expect(objects.all(ledger)).toHaveLength(1);
    expect(objects.all(ledger).join()).not.toContain('anna');
    expect(wiring.unused).toEqual([]);
  });

  it('lets the pass back up, delete and vacuum', async () => {
    await must(database, [
      sql`UPDATE lethe.forgotten SET delete_after = 1`,
      sql`UPDATE lethe.erasures SET delete_after = 1`,
    ]);
    world.keep('old', Date.now() - 90 * DAY);
    const wiring = await prove('ForgottenRows', {});
    expect(wiring.results).toEqual([{ outcome: 'deleted' }]);
    expect(await people(database)).toEqual(['c2']);
    expect(world.snapshots().join()).toMatch(/^old,lethe-before-pass-/);
    expect(vacuumed).toEqual(['VACUUM DELETE ONLY "shop"."customers_pii" TO 100 PERCENT']);
    expect(wiring.unused).toEqual([]);
  });

  it('lets the purge restore, cleanse, take anew and delete, and touch nothing of anybody else', async () => {
    const listed = await prove('SnapshotPurgeStep', { work: 'list' });
    let [{ plans }] = listed.results as [
      { plans: { plan: unknown; state: unknown; turn: string }[] },
    ];
    expect(plans).toHaveLength(1);
    const calls: Wiring[] = [listed];
    for (let count = 0; plans[0]!.turn !== 'done'; count++) {
      if (count > 10) throw new Error(JSON.stringify(plans));
      const { plan, state } = plans[0]!;
      const wiring = await prove('SnapshotPurgeStep', { work: 'step', plan, state });
      calls.push(wiring);
      plans = wiring.results as typeof plans;
    }
    // By the ledger her undo window is open: in what is restored she is hidden, as she was.
    const flags = await restored.query(
      sql`SELECT forgotten_flag FROM shop.customers_pii ORDER BY customer_id`,
    );
    expect(flags.map((row) => row['forgotten_flag'])).toEqual(['Yes', 'No']);
    expect(world.snapshots()).toContain('old-purged');
    expect(world.snapshots()).not.toContain('old');
    expect(world.restored()).toBe(0);
    const neverUsed = calls
      .map(({ unused }) => new Set(unused.map((one) => `${one.action} ${one.resource}`)))
      .reduce((all, one) => new Set([...all].filter((each) => one.has(each))));
    expect([...neverUsed]).toEqual([]);
  });

  it('lets a person replay the ledger after a restore', async () => {
    const wiring = await prove('LedgerReplay', {});
    expect(wiring.results).toEqual([{ tasks: 0 }]);
    expect(wiring.unused).toEqual([]);
  });
});
