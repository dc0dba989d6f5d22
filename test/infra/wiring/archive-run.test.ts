import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openOrderItem, orderItem } from '../../../lib/aws/archive/order-items.ts';
import { runItem } from '../../../lib/aws/archive/run-items.ts';
import { sealCriteria } from '../../../lib/core/erasure/run/sealed-orders.ts';
import { deploy, type Deployment } from './deployed-functions.ts';
import { ARCHIVE_GROUPS } from './journey-functions.ts';
import { runArchiveMachine } from './world/archive-machine.ts';
import { VersionedObjects } from './world/versioned-objects.ts';
import { World } from './world/world.ts';

const SSN = '807831104';
const row = (ssn: string): string => `{"ssn_no":"${ssn}","name":"Gnoll"}\n`;
const OTHERS = row('288109737').repeat(60);
const ORDER = { orderId: 'b7551968-d5d6-44b2-9831-815ac9017798/archive', attempt: 1 };

type Stored = Parameters<World['tables']['put']>[1];

/** Grants that this journey does not need, and who does. */
const UNSEEN: readonly (readonly [RegExp, string])[] = [
  [/^s3:ListBucket /, 'S3 says of an object that it is absent only to who may list'],
  [/^s3:AbortMultipartUpload /, 'an upload in parts that fails is taken away'],
  [/^s3:GetObject(LegalHold|Retention) /, 'a version that cannot be deleted is asked why'],
  [/^s3:GetObject .*filters/, 'an archive that was indexed'],
  [/^kms:Decrypt .*archive-erasure-stack-Key/, 'filters, and certificates of another writer'],
  [/^states:DescribeExecution /, 'a lease that another execution holds'],
  [/^dynamodb:(PutItem|DeleteItem) .*/, 'leases, undo windows and objects dealt anew'],
];

describe('the deployed archive run', () => {
  let world: World;
  let objects: VersionedObjects;
  let deployment: Deployment;
  let archive: string;

  beforeAll(async () => {
    deployment = deploy({ 'lethe:requests': false, 'lethe:buffer-seconds': 0 });
    archive = environment('ArchiveSearch', 'ARCHIVE_BUCKET');
    objects = new VersionedObjects([archive]);
    world = new World(deployment.deployed, deployment.functions, objects.answers);
    objects.put(archive, 'phi-data/1', row(SSN) + row('533665204'));
    objects.put(archive, 'phi-data/1', row('533665204') + row(SSN));
    // Enough of them that the guard lets the run through.
    objects.put(archive, 'phi-data/2', OTHERS);
    await seedOrder();
  }, 600_000);
  afterAll(() => world.close());

  function environment(id: string, name: string): string {
    return deployment.functions.get(id)!.environment[name]!;
  }

  /** As whoever takes requests leaves it: criteria sealed under a key that KMS wraps. */
  async function seedOrder(): Promise<void> {
    const key = randomBytes(32);
    const create = (name: string) => {
      const wrapped = { B: key.toString('base64') };
      world.tables.put(environment('ArchiveSearch', 'KEYS_TABLE'), { name: { S: name }, wrapped });
      return Promise.resolve({ kind: 'key' as const, key });
    };
    const keys = { create, get: create, destroy: () => Promise.resolve() };
    const lines = [JSON.stringify({ match: { ssn_no: SSN } })];
    const criteria = await sealCriteria({ keys, random: { bytes: randomBytes } }, ORDER, lines);
    const order = { ...ORDER, version: 1, store: 'customer-archive', receivedAt: 1, criteria };
    const table = environment('ArchiveSearch', 'RUNS_TABLE');
    world.tables.put(table, orderItem(order) as unknown as Stored);
    world.tables.put(table, openOrderItem(order) as unknown as Stored);
  }

  it('takes what an order asks out of every version, led by the synthesized state machine', async () => {
    const outcome = await runArchiveMachine(deployment, world, objects);
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { state: 'done' } });
    expect(objects.all(archive)).toEqual([
      `phi-data/1: ${row('533665204')}`,
      `phi-data/2: ${OTHERS}`,
    ]);
    const certificates = objects.all(environment('ArchiveSteering', 'CERTIFICATES_BUCKET'));
    // The certificate, and the head of its chain.
    expect(certificates).toHaveLength(2);
    expect(certificates.join('')).not.toContain(SSN);
  }, 600_000);

  it('ends the undo window: keys and patches are gone, and a signed statement says so', async () => {
    const table = environment('ArchiveUndoExpiry', 'RUNS_TABLE');
    const run = world.tables.all(table).find(({ pk }) => String(pk!['S']).startsWith('run#'))!;
    const { body } = run as unknown as { body: { S: string } };
    const over = { ...(JSON.parse(body.S) as Parameters<typeof runItem>[0]), undoUntil: 1 };
    world.tables.put(table, runItem(over) as unknown as Stored);
    expect(await world.invoke('ArchiveUndoExpiry', {})).toEqual({ ended: 1 });
    expect(objects.all(environment('ArchiveUndoExpiry', 'QUARANTINE_BUCKET'))).toEqual([]);
    const certificates = objects.all(environment('ArchiveUndoExpiry', 'CERTIFICATES_BUCKET'));
    expect(certificates).toHaveLength(3);
  });

  it('asks AWS for nothing that nobody told the stand-in, and logs nothing of the person', () => {
    expect(world.unanswered).toEqual([]);
    expect(world.output).not.toContain(SSN);
    expect(world.output).not.toContain('phi-data/1');
  });

  it.each(ARCHIVE_GROUPS)(
    'gives %s every grant that it needs, and none that nobody needs',
    (id) => {
      const { missing, unused } = world.roleOf(id);
      expect(missing).toEqual([]);
      const grants = unused.map(({ action, resource }) => `${action} ${resource}`);
      expect(grants.filter((grant) => !UNSEEN.some(([pattern]) => pattern.test(grant)))).toEqual(
        [],
      );
    },
  );
});
