import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openClient, until, type DemoClient } from '../../bin/commands/demo-client.ts';
import { linkIn, readMails } from '../../bin/commands/demo-mail.ts';
import { fetchPackage } from '../../bin/commands/demo-package.ts';
import { SAMPLE_PEOPLE } from '../../bin/commands/serve-people.ts';
import { openServer, type LocalServer } from '../../bin/commands/serve-open.ts';
import { HURRIED_POLICY } from '../../bin/commands/serve-policy.ts';
import { openStorage } from '../../bin/commands/serve-storage.ts';
import type { AuditEntry } from '../../lib/core/audit/audit-entry.ts';
import type { Warehouse } from '../../lib/core/ports/warehouse.ts';
import type { Policy } from '../../lib/core/requests/model/policy.ts';
import { verifyReceipt } from '../../lib/core/receipts/sign-receipt.ts';
import { sql } from '../../lib/core/warehouse/sql/statement.ts';
import { dataMap } from '../../lib/data-map.ts';
import { seedPeople, type SamplePerson } from '../../lib/sample-services/seed-people.ts';
import { MemoryRecordTable } from '../fakes/memory-record-table.ts';
import { scratchFolder } from '../local/scratch-folder.ts';
import { startServe } from './serve-child.ts';

const DAY = 24 * 60 * 60 * 1_000;
const TABLES = ['shop-visits', 'shop-orders', 'shop-customers', 'shop-invoices'];
const everybody = await seedPeople(
  { table: new MemoryRecordTable(), dataMap },
  { ...SAMPLE_PEOPLE },
);
const [ANN, BEA] = [everybody[0]!, everybody[1]!];

/** A folder whose warehouse is made, and whose archive holds an event of each of two people. */
async function prepared(): Promise<string> {
  const directory = await scratchFolder();
  const storage = await openStorage(directory, { now: () => Date.now() });
  const line = ({ name, dob, ssn }: SamplePerson) =>
    `${JSON.stringify({ name, dob, ssn_no: ssn, data_share_consent: true })}\n`;
  await storage.archive.put('phi-data/events.jsonl', Buffer.from(line(ANN) + line(BEA)), {
    contentType: 'application/x-ndjson',
  });
  expect(await storage.warehouse!.own.look()).toMatchObject({ kind: 'ready' });
  await storage.close();
  return directory;
}

async function serveHere(
  directory: string,
  later = 0,
  policy: Policy = HURRIED_POLICY,
): Promise<{
  server: LocalServer;
  warehouse: Warehouse;
  faults: string[];
  close: () => Promise<void>;
}> {
  const faults: string[] = [];
  const server = await openServer({
    ...{ directory, port: 0, policy, clock: { now: () => Date.now() + later } },
    onFault: (where, what) => faults.push(`${where}: ${what}`),
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= server.close());
  onTestFinished(close);
  await seedPeople(server.target.samples, SAMPLE_PEOPLE);
  const state = await server.storage.warehouse!.own.look();
  if (state.kind !== 'ready') throw new Error(state.kind);
  return { server, warehouse: state.warehouse, faults, close };
}

/** Files a request over HTTP and confirms it by the mailed link. */
async function file(
  client: DemoClient,
  mailbox: string,
  type: 'access' | 'erasure',
  { email }: SamplePerson,
): Promise<string> {
  const id = randomUUID();
  await client.file(id, type, email);
  const link = await until('the mail with the link', async () => {
    const [mail] = await readMails(mailbox, id).catch(() => []);
    return mail && linkIn(mail, 'verify');
  });
  await client.press(link);
  return id;
}

const clientOf = async (baseUrl: string, directory: string): Promise<DemoClient> =>
  openClient(
    baseUrl,
    (await readFile(join(directory, 'requests', 'agent-key.txt'), 'utf8')).trim(),
  );

function reached(client: DemoClient, id: string, lifecycle: RegExp): Promise<string> {
  return until(`${lifecycle} of ${id}`, async () => {
    const view = await client.view(id);
    if (view.lifecycle === 'AWAITING_APPROVAL') await client.approve(id);
    // The receipt is made when a request is closed, which a completed one is in a moment.
    const isWaiting = view.lifecycle.startsWith('COMPLETED') && !view.closed_at;
    return lifecycle.test(view.lifecycle) && !isWaiting ? view.lifecycle : undefined;
  });
}

/** Rows of a person in visits, orders, customers and invoices, as their owner or an analyst sees them. */
async function rowsOf(
  warehouse: Warehouse,
  { customerId }: SamplePerson,
  role: 'owner' | 'analyst' = 'owner',
): Promise<readonly number[]> {
  const outcome = await warehouse.transact(
    [
      role === 'owner' ? sql`SET LOCAL ROLE NONE` : sql`SET LOCAL ROLE analyst`,
      sql`SELECT 1 FROM shop.visits WHERE customer_id = ${customerId}`,
      sql`SELECT 1 FROM shop.orders WHERE customer_id = ${customerId}`,
      sql`SELECT 1 FROM shop.customers_pii WHERE customer_id = ${customerId}`,
      sql`SELECT 1 FROM shop.invoices WHERE customer_id = ${customerId}`,
    ],
    'look',
  );
  if (outcome.kind !== 'committed') throw new Error(outcome.fault);
  return outcome.counts.slice(1);
}

function findPersonal(text: string, { name, email, ssn, customerId }: SamplePerson): string[] {
  return [name, email, ssn, customerId].filter((value) => text.includes(value));
}

describe('the warehouse of the local target', () => {
  it('is covered by the one receipt of an erasure, whose rows a pass deletes after a kill', async () => {
    const directory = await prepared();
    const mailbox = join(directory, 'mailbox');
    const child = await startServe(directory, '--hurry', '--port', '0');
    onTestFinished(async () => {
      await child.stop('SIGKILL');
    });
    const client = await clientOf(child.baseUrl!, directory);

    const access = await file(client, mailbox, 'access', ANN);
    await reached(client, access, /^COMPLETED$/);
    const { records } = await fetchPackage(client, mailbox, access);
    expect(records).toMatchObject({
      ...{ 'customer-archive': 1, 'user-profiles': 1 },
      ...{ 'shop-visits': 3, 'shop-orders': 2, 'shop-customers': 1, 'shop-invoices': 1 },
    });

    const erasure = await file(client, mailbox, 'erasure', ANN);
    await reached(client, erasure, /^COMPLETED_WITH_EXEMPTIONS$/);
    expect(await child.stop('SIGKILL')).toBeNull();
    expect(findPersonal(child.output().replace(/someone to try.*/, ''), ANN)).toEqual([]);
    expect(child.errors()).toBe('');

    const before = await serveHere(directory);
    const { server, warehouse } = before;
    const { requests, services } = server.target.deps;
    const request = (await requests.load(erasure))!;
    expect(verifyReceipt(request.receipt!, server.publicKeyPem).kind).toBe('genuine');
    const { stores } = request.receipt!.receipt;
    expect(Object.fromEntries(stores.map(({ store, outcome }) => [store, outcome]))).toEqual({
      ...{ 'customer-events': 'SUCCEEDED', 'customer-archive': 'SUCCEEDED' },
      ...{ 'user-profiles': 'SUCCEEDED', orders: 'SUCCEEDED', posts: 'SUCCEEDED' },
      ...{ 'shop-visits': 'SUCCEEDED', 'shop-orders': 'SUCCEEDED', 'shop-customers': 'SUCCEEDED' },
      ...{ invoices: 'EXEMPT', 'shop-invoices': 'EXEMPT' },
    });
    for (const table of TABLES.slice(0, 3)) {
      const found = stores.find(({ store }) => store === table)!;
      const until = Date.parse(found.undoableUntil!);
      expect(until).toBeGreaterThan(Date.now() + 6 * DAY);
      expect(Date.parse(found.backupsExpireAt!)).toBe(until + 29 * DAY);
    }
    expect(stores.find(({ store }) => store === 'shop-invoices')).toMatchObject({
      exemptionBasis: 'GDPR Art. 17(3)(b), tax records',
    });

    // Hidden from others, and found by nobody who looks, until the pass.
    expect(await rowsOf(warehouse, ANN, 'analyst')).toEqual([0, 0, 0, 1]);
    expect(await rowsOf(warehouse, ANN)).toEqual([3, 2, 1, 1]);
    expect(await rowsOf(warehouse, BEA, 'analyst')).toEqual([3, 2, 1, 1]);
    const customer = [{ identifier: 'customer_id', value: ANN.customerId }];
    for (const table of TABLES.slice(0, 3)) {
      expect(await services.lookUp(table, customer)).toEqual({ kind: 'absent' });
    }
    const trail: AuditEntry[] = [];
    for await (const entry of requests.auditTrail(erasure)) trail.push(entry);
    const own = await warehouse.query(
      sql`SELECT event, subject, approver, due_at FROM lethe.erasure_audit ORDER BY at`,
    );
    expect(own).toHaveLength(3);
    expect(own[0]).toMatchObject({ event: 'flagged', due_at: request.clock.dueAt });
    expect(findPersonal(JSON.stringify([request, trail, own]), ANN)).toEqual([]);
    expect(await server.target.warehouse!.pass()).toEqual({ kind: 'nothing-due' });
    await before.close();
    expect(before.faults).toEqual([]);

    // The loop's own pass, weeks later.
    const after = await serveHere(directory, 40 * DAY);
    await until('the pass', async () => {
      const left = await rowsOf(after.warehouse, ANN);
      return left[2] === 0 ? left : undefined;
    });
    expect(await rowsOf(after.warehouse, ANN)).toEqual([0, 0, 0, 1]);
    expect(await rowsOf(after.warehouse, BEA, 'analyst')).toEqual([3, 2, 1, 1]);
    // Sums stay right: the orders are there, and nobody's.
    const [orders] = await after.warehouse.query(
      sql`SELECT COUNT(*) AS n, SUM(amount) AS sum FROM shop.orders`,
    );
    expect(orders).toEqual({ n: 40, sum: 20 * 42 });
    const keys = await after.warehouse.query(sql`SELECT natural_key FROM lethe.forgotten`);
    expect(keys).toEqual([]);
    await after.close();
    expect(after.faults).toEqual([]);
  });

  it('gives the rows back when the request is undone while it is verified', async () => {
    const directory = await prepared();
    const patient = { ...HURRIED_POLICY.timeouts, settling: DAY };
    const { server, warehouse, faults, close } = await serveHere(directory, 0, {
      ...HURRIED_POLICY,
      timeouts: patient,
    });
    const person = everybody[2]!;
    const client = await clientOf(server.baseUrl, directory);
    const id = await file(client, server.target.mailbox, 'erasure', person);
    await reached(client, id, /^VERIFYING$/);
    expect(await rowsOf(warehouse, person, 'analyst')).toEqual([0, 0, 0, 1]);
    const login = await fetch(`${server.baseUrl}/dev/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ name: 'ada', roles: ['approver'] }),
    });
    const { token } = (await login.json()) as { token: string };
    const undo = await fetch(`${server.baseUrl}/admin/requests/${id}/undo`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        connection: 'close',
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ reason: 'mistake' }),
    });
    expect(undo.status).toBe(200);
    await reached(client, id, /^CANCELLED$/);
    expect(await rowsOf(warehouse, person, 'analyst')).toEqual([3, 2, 1, 1]);
    expect(await server.target.warehouse!.pass()).toBeUndefined();
    await close();
    expect(faults).toEqual([]);
  });
});
