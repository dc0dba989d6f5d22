import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { verifyChain } from '../../lib/core/audit/chain.ts';
import type { AuditEntry } from '../../lib/core/audit/audit-entry.ts';
import type { Clock } from '../../lib/core/ports/clock.ts';
import type { SignedReceipt } from '../../lib/core/receipts/receipt.ts';
import { verifyReceipt } from '../../lib/core/receipts/sign-receipt.ts';
import { checkCertificate, type CheckedCertificate } from './demo-certificate.ts';
import { openClient, until, type DemoClient, type RequestView } from './demo-client.ts';
import { linkIn, readMails, type DemoMail } from './demo-mail.ts';
import { fetchPackage, type ReceivedPackage } from './demo-package.ts';
import type { DemoPipeline } from './demo-pipeline.ts';
import { eventOf, inventSubject, linesWith, sendEvents } from './demo-subject.ts';
import { suppressingTransform } from './demo-transform.ts';
import { enterWarehouse, type WarehouseReport } from './demo-warehouse.ts';
import { openServer, type LocalServer } from './serve-open.ts';
import { HURRIED_POLICY } from './serve-policy.ts';

/** Told as it happens. */
export interface RequestsObserver {
  filed(type: 'access' | 'erasure', email: string): void;
  /** A request's state, or that of one of its tasks, was seen to change. */
  moved(milliseconds: number, what: string, state: string): void;
}

/** One request from its filing to its receipt. */
export interface FollowedRequest {
  readonly type: 'access' | 'erasure';
  readonly lifecycle: string;
  readonly milliseconds: number;
  readonly mails: readonly Omit<DemoMail, 'text'>[];
  readonly receipt: SignedReceipt['receipt'];
  readonly receiptVerdict: string;
  readonly auditEntries: number;
  readonly auditVerdict: string;
}

export interface RequestsReport {
  readonly email: string;
  readonly access: FollowedRequest;
  readonly erasure: FollowedRequest;
  readonly package: ReceivedPackage;
  /** The archive's own proof, which the erasure's receipt names. */
  readonly certificate: CheckedCertificate | undefined;
  /** What became of the person in the warehouse, by the same erasure. */
  readonly warehouse: WarehouseReport;
  /** Lines in the archive that held the subject in clear, old versions included. */
  readonly inClearBefore: number;
  readonly inClearAfter: number;
  /** New events of the subject, who consents, after the erasure: sent, and how they arrived. */
  readonly newEvents: {
    sent: number;
    scrubbed: number;
    sample?: { before: string; after: string };
  };
  readonly passed: boolean;
}

/** Events of the subject before, and again after the erasure. */
const EVENTS = 3;

/** Files an access and an erasure request over HTTP, as people would, and looks what became of them. */
export async function followRequests(
  directory: string,
  pipeline: DemoPipeline,
  clock: Clock,
  observer: RequestsObserver,
): Promise<RequestsReport> {
  const faults: string[] = [];
  const server = await openServer({
    ...{ directory, port: 0, policy: HURRIED_POLICY, clock },
    onFault: (where, errorName) => faults.push(`${where}: ${errorName}`),
  });
  try {
    return await follow(server, pipeline, clock, observer);
  } catch (error) {
    if (faults.length === 0) throw error;
    throw new Error(`${String(error)} (${[...new Set(faults)].join('; ')})`, { cause: error });
  } finally {
    await server.close();
  }
}

async function follow(
  server: LocalServer,
  pipeline: DemoPipeline,
  clock: Clock,
  observer: RequestsObserver,
): Promise<RequestsReport> {
  const { target } = server;
  const client = await openClient(
    server.baseUrl,
    (await readFile(server.agentKeyFile, 'utf8')).trim(),
  );
  const person = await inventSubject(target.samples);
  const events = (from: number): string[] =>
    Array.from({ length: EVENTS }, (_, nth) => eventOf(person, from + nth));
  await sendEvents(pipeline, person, events(clock.now()));
  const inClearBefore = (await linesWith(pipeline, person.ssn)).length;

  const followed = await enterWarehouse(server, person);

  const access = await followOne(server, client, 'access', person.email, observer);
  const received = await fetchPackage(client, target.mailbox, access.receipt.dsrId);
  const erasure = await followOne(server, client, 'erasure', person.email, observer);
  const inClearAfter = (await linesWith(pipeline, person.ssn)).length;

  const warehouse = await followed.conclude(erasure.receipt);
  const certificate = await checkCertificate(
    server.storage.certificates,
    erasure.receipt,
    server.publicKeyPem,
  );
  const later = events(clock.now());
  const transform = suppressingTransform(pipeline.events, clock, target.suppression);
  await sendEvents(pipeline, person, later, transform);
  const arrived = (await linesWith(pipeline, person.name)).filter((line) =>
    later.some((event) => timeOf(line) === timeOf(event)),
  );
  const scrubbed = arrived.filter(
    (line) => !line.includes(person.ssn) && !line.includes(person.dob),
  );
  const [before] = later;
  const after = scrubbed.find((line) => timeOf(line) === timeOf(before!));
  return {
    ...{ email: person.email, access, erasure, inClearBefore, inClearAfter },
    package: received,
    ...{ certificate, warehouse },
    newEvents: {
      sent: EVENTS,
      scrubbed: scrubbed.length,
      ...(after !== undefined && { sample: { before: before!, after } }),
    },
    passed:
      [access, erasure].every(isProven) &&
      inClearBefore === EVENTS &&
      inClearAfter === 0 &&
      certificate?.verdict === 'genuine' &&
      certificate.verification === 'passed' &&
      arrived.length === EVENTS &&
      scrubbed.length === EVENTS &&
      Object.keys(received.records).length > 0 &&
      warehouse.passed &&
      warehouse.tables.every(({ store, before }) => received.records[store] === before),
  };
}

function isProven({ lifecycle, receiptVerdict, auditVerdict }: FollowedRequest): boolean {
  return /^COMPLETED/.test(lifecycle) && receiptVerdict === 'genuine' && auditVerdict === 'whole';
}

function timeOf(line: string): unknown {
  try {
    return (JSON.parse(line) as Record<string, unknown>)['evnt_time'];
  } catch {
    return undefined;
  }
}

/** Files a request, confirms by the mailed link, approves where asked, and waits for its closing. */
async function followOne(
  server: LocalServer,
  client: DemoClient,
  type: 'access' | 'erasure',
  email: string,
  observer: RequestsObserver,
): Promise<FollowedRequest> {
  const id = randomUUID();
  const started = performance.now();
  const { mailbox, deps } = server.target;
  await client.file(id, type, email);
  observer.filed(type, email);
  const link = await until('the mail with the link', async () => {
    const [first] = await readMails(mailbox, id);
    return first === undefined ? undefined : linkIn(first, 'verify');
  });
  await client.press(link);
  const seen = new Map<string, string>();
  await until(`the ${type} request's end`, async () => {
    const view = await client.view(id);
    for (const [what, state] of statesOf(view)) {
      if (seen.get(what) === state) continue;
      seen.set(what, state);
      observer.moved(performance.now() - started, what, state);
    }
    if (view.lifecycle === 'AWAITING_APPROVAL') await client.approve(id);
    return view.closed_at;
  });
  const milliseconds = performance.now() - started;
  const request = (await deps.requests.load(id))!;
  const entries: AuditEntry[] = [];
  for await (const entry of deps.requests.auditTrail(id)) entries.push(entry);
  const mails = (await readMails(mailbox, id)).map(({ file, to, subject }) => ({
    ...{ file, to, subject },
  }));
  return {
    ...{ type, lifecycle: request.lifecycle, milliseconds, mails },
    receipt: request.receipt!.receipt,
    receiptVerdict: verifyReceipt(request.receipt!, server.publicKeyPem).kind,
    auditEntries: entries.length,
    auditVerdict: verifyChain(id, entries, request.audit).kind,
  };
}

function statesOf({ lifecycle, tasks }: RequestView): [string, string][] {
  return [['request', lifecycle], ...tasks.map(({ id, state }): [string, string] => [id, state])];
}
