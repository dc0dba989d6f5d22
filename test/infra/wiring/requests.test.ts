import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploy, type Deployment } from './deployed-functions.ts';
import { GROUPS, UNSEEN } from './journey-functions.ts';
import {
  encode,
  gatewayCall,
  registerAgent,
  UserPool,
  type Answer,
  type Headers,
} from './world/callers.ts';
import { runArchiveMachine } from './world/archive-machine.ts';
import { tableEvent } from './world/event-sources.ts';
import { World } from './world/world.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const ACCESS = 'a7551968-d5d6-44b2-9831-815ac9017798';
const ERASURE = 'b7551968-d5d6-44b2-9831-815ac9017798';
const WITHDRAWN = 'c7551968-d5d6-44b2-9831-815ac9017798';
const RESTRICTION = 'd7551968-d5d6-44b2-9831-815ac9017798';
const UNDONE = 'e7551968-d5d6-44b2-9831-815ac9017798';

const AREAS = ['streaming', 'archive', 'user-services', 'commerce', 'content'];

function request(id: string, type: string, email: string): object {
  return {
    regulation: 'gdpr',
    subject_request_id: id,
    subject_request_type: type,
    submitted_time: new Date().toISOString(),
    subject_identities: [{ identity_type: 'email', identity_value: email, identity_format: 'raw' }],
    api_version: '2.0',
  };
}

/** A request as administrators see it. */
interface Shown {
  readonly lifecycle: string;
  readonly tasks: readonly { id: string; state: string }[];
}

describe('the deployed functions together', () => {
  const pool = new UserPool();
  let world: World;
  let deployment: Deployment;
  /** An agent who knows the person, and one who does not. */
  let vouching: Headers;
  let other: Headers;
  let email: string;
  let somebodyElse: string;

  beforeAll(async () => {
    deployment = deploy({ 'lethe:mail-from': 'privacy@gnoll.example' });
    world = new World(deployment.deployed, deployment.functions, pool.answers);
    const agents = environment('Api', 'AGENTS_TABLE');
    vouching = registerAgent(world, agents, { keyId: '0123456789abcdef', vouches: true });
    other = registerAgent(world, agents, { keyId: 'fedcba9876543210', vouches: false });
    await world.invoke('SignerCertifier', {});
    const seeded = (await world.invoke('SampleSeeder', { count: 2 })) as { someone: string[] };
    [email, somebodyElse] = seeded.someone as [string, string];
    const archive = environment('ArchiveService', 'ARCHIVE_BUCKET');
    world.objects.put(archive, 'phi-data/1', '{"ssn_no":"900000001","name":"Gnoll"}\n');
    // Enough of others that the run's guard lets it through.
    world.objects.put(archive, 'phi-data/2', '{"ssn_no":"533665204"}\n'.repeat(60));
  }, 600_000);
  afterAll(() => world.close());

  it('give a person whose identity was confirmed by mail all that is known of them', async () => {
    world.post.isBusy = true;
    await file(other, ACCESS, 'access', email);
    await reach(ACCESS, 'AWAITING_IDENTITY', () => world.post.mails.length > 0);
    const confirm = /\/subject\/verify\/[\w-]+\/[\w-]+/.exec(world.post.mails.join())![0];
    expect(await call({}, 'POST', confirm, {})).toMatchObject({ statusCode: 200 });
    await reach(ACCESS, 'COMPLETED', () => world.post.mails.join().includes('/subject/package/'));
    const link = /\/subject\/package\/[\w.-]+/.exec(world.post.mails.join())![0];
    const zip = await call({}, 'POST', link, {});
    expect(zip).toMatchObject({ statusCode: 200, isBase64Encoded: true });
    expect(Buffer.from(zip.body, 'base64').subarray(0, 2).toString()).toBe('PK');

    // One that no answer of Lambda's could hold is opened for minutes under a link.
    const packages = environment('Api', 'PACKAGES_BUCKET');
    world.objects.pretend(packages, world.objects.keys(packages)[0]!, 5 * 1024 * 1024);
    const page = await call({}, 'POST', link, {});
    expect(page.body).toContain('/opened/');
    expect(world.objects.keys(packages)).toHaveLength(2);
  });

  it('let a request be withdrawn as long as it waits', async () => {
    await file(vouching, WITHDRAWN, 'erasure', somebodyElse);
    await world.settle();
    const withdrawn = await call(vouching, 'DELETE', `/v2/requests/${WITHDRAWN}`);
    expect(withdrawn).toMatchObject({ statusCode: 202 });
    await world.settle();
    await reach(WITHDRAWN, 'CANCELLED');
  });

  it('stop the processing of a person’s data until an approver lifts it', async () => {
    const filed = await call(admin(), 'POST', '/admin/requests', {
      ...{ id: RESTRICTION, type: 'restriction', regime: 'gdpr', identity_verified: true },
      identities: [{ identifier: 'email', value: somebodyElse }],
    });
    expect(filed).toMatchObject({ statusCode: 201 });
    await reach(RESTRICTION, 'COMPLETED');
    const lift = { reason: 'objection-withdrawn' };
    const lifted = await call(admin(), 'POST', `/admin/requests/${RESTRICTION}/lift`, lift);
    expect(lifted).toMatchObject({ statusCode: 200 });
    await world.settle();
  });

  it('erase a person everywhere, prove it and say what the law keeps', async () => {
    await file(vouching, ERASURE, 'erasure', email);
    await file(vouching, UNDONE, 'erasure', somebodyElse);
    for (const id of [ERASURE, UNDONE]) {
      const approved = await call(admin(), 'POST', `/admin/requests/${id}/approve`, {});
      expect(approved).toMatchObject({ statusCode: 200 });
    }
    // The grace in which an approver may still think better of it.
    world.pass(DAY);
    await reach(ERASURE, 'IN_PROGRESS');
    await reach(UNDONE, 'IN_PROGRESS');
    // Their orders are with the archive, which looks once for both.
    await reach(ERASURE, 'IN_PROGRESS', async () =>
      [await show(ERASURE), await show(UNDONE)].every(({ tasks }) =>
        tasks.some(({ id, state }) => id === 'customer-archive' && state === 'RUNNING'),
      ),
    );
    expect(await runArchiveMachine(deployment, world)).toMatchObject({ status: 'SUCCEEDED' });
    await reach(UNDONE, 'VERIFYING');
    const undo = { reason: 'wrong-person' };
    const undone = await call(admin(), 'POST', `/admin/requests/${UNDONE}/undo`, undo);
    expect(undone).toMatchObject({ statusCode: 200 });
    await reach(UNDONE, 'CANCELLED');
    await reach(ERASURE, 'COMPLETED_WITH_EXEMPTIONS');
    expect(inUse('UserServicesService')).toEqual(['record#user-profiles#C-000002']);
    expect(inUse('ContentService').join()).toContain('C-000002');
    expect(inUse('ContentService').join()).not.toContain('C-000001');
    const kept = inUse('CommerceService').filter((name) => name.includes('C-000001'));
    expect(kept).not.toEqual([]);
    expect(kept.filter((name) => !name.startsWith('record#invoices#'))).toEqual([]);
    const archived = world.objects.all(environment('ArchiveService', 'ARCHIVE_BUCKET')).join();
    expect(archived).not.toContain('900000001');
    const receipt = await call(admin(), 'GET', `/admin/requests/${ERASURE}/receipt`);
    expect(receipt).toMatchObject({ statusCode: 200 });
  });

  it('take away for good what services can no longer give back', async () => {
    world.pass(2 * DAY);
    for (const service of ['UserServicesService', 'CommerceService', 'ContentService']) {
      await world.invoke(service, { work: 'lapse' });
      expect(recordsOf(service).join()).not.toContain('.shelf#');
    }
  });

  it('show administrators requests, subjects and audit trails', async () => {
    const list = await call(admin(), 'GET', '/admin/requests');
    expect(list.body).toContain(ERASURE);
    const search = { identifier: 'email', value: email };
    const found = await call(admin(), 'POST', '/admin/searches', search);
    expect(found.body).toContain(ERASURE);
    expect(found.body).not.toContain(RESTRICTION);
    const audit = await call(admin(), 'GET', `/admin/requests/${ERASURE}/audit`);
    expect(audit).toMatchObject({ statusCode: 200 });
  });

  it('keep what nobody signed among the dead letters, and send it again when asked', async () => {
    const orders = environment('Orchestrator', 'TASK_STREAM');
    // Each on a day of its own: whoever buries the first letter of a day makes the day's key.
    for (const area of AREAS) {
      world.streams.put(orders, [encode({ kind: 'task-order', area })]);
      await world.settle();
      world.pass(DAY);
    }
    const events = environment('ContentExecutor', 'EVENT_STREAM');
    world.streams.put(events, [Buffer.from('no JSON').toString('base64')]);
    await world.settle();
    expect(await world.invoke('LetterRedrive', {})).toEqual({
      ...{ ok: true, redriven: AREAS.length + 1, lost: 0, refused: {} },
    });
    await world.settle();
  });

  it('count by the clock how requests stand, and take away what is past its time', async () => {
    world.pass(31 * DAY);
    for (const work of ['drive', 'survey', 'expire']) {
      await world.invoke('DeadlineWatcher', { work });
    }
    await world.settle();
    expect(world.objects.keys(environment('DeadlineWatcher', 'PACKAGES_BUCKET'))).toEqual([]);
    expect(world.objects.keys(environment('Completion', 'DEAD_LETTER_BUCKET'))).toEqual([]);
    expect(world.post.notices.length).toBeGreaterThan(0);
  });

  it('export each audit entry once, however often it is delivered, and what was left out', async () => {
    const bucket = environment('AuditExport', 'AUDIT_BUCKET');
    const before = world.objects.all(bucket);
    expect(before.length).toBeGreaterThan(3);
    world.objects.remove(bucket, `audit/${ERASURE}/00000002.ndjson`);
    const later = world.tables
      .all(environment('AuditExport', 'REQUESTS_TABLE'))
      .filter(({ pk, sk }) => pk?.['S'] === `audit#${ERASURE}` && Number(sk?.['S']) > 2);
    const source = 'arn:aws:dynamodb:eu-west-1:123456789012:table/x/stream/y';
    await world.invoke('AuditExport', tableEvent(later, source));
    expect(world.objects.all(bucket)).toEqual(before);
  });

  it('ask AWS for nothing that nobody told the stand-in', () => {
    expect(world.unanswered).toEqual([]);
  });

  it('log nothing of the person', () => {
    expect(world.output).not.toContain(email);
    expect(world.output).not.toContain(email.split('@')[0]!);
    expect(world.output).not.toContain('900000001');
  });

  it.each(GROUPS.flat())('let %s do its work: its role lacks no grant that it needs', (id) => {
    expect(world.roleOf(id).missing).toEqual([]);
  });

  it.each(GROUPS.map((group) => [group.join(', '), group] as const))(
    'give %s no grant that nobody needs',
    (_, group) => {
      const unseen = unusedBy(group);
      expect(unseen.filter((grant) => !UNSEEN.some(([one]) => one.test(grant)))).toEqual([]);
    },
  );

  it('have no excuse for a grant that is used', () => {
    const unseen = GROUPS.flatMap(unusedBy);
    expect(UNSEEN.filter(([one]) => !unseen.some((grant) => one.test(grant)))).toEqual([]);
  });

  /** Functions of a group are granted alike, each for its own area or time. */
  function unusedBy(group: readonly string[]): string[] {
    const [first = [], ...others] = group.map((id) =>
      world.roleOf(id).unused.map(({ action, resource }) => `${action} ${resource}`),
    );
    return first.filter((grant) => others.every((one) => one.includes(grant)));
  }

  function environment(id: string, name: string): string {
    return deployment.functions.get(id)!.environment[name]!;
  }

  /** Names of a sample service's records. */
  function recordsOf(service: string): string[] {
    const items = world.tables.all(environment(service, 'RECORDS_TABLE'));
    return items.map(({ pk }) => String(pk?.['S'])).filter((name) => name.startsWith('record#'));
  }

  /** Without what waits on a shelf for an undo, where no look-up sees it. */
  function inUse(service: string): string[] {
    return recordsOf(service).filter((name) => !name.includes('.shelf#'));
  }

  async function call(
    headers: Headers,
    method: string,
    path: string,
    body?: object,
  ): Promise<Answer> {
    return (await world.invoke('Api', gatewayCall(headers, method, path, body))) as Answer;
  }

  function admin(): Headers {
    const administrators = JSON.parse(environment('Api', 'ADMINISTRATORS')) as {
      issuer: string;
      clientIds: string[];
    };
    return pool.headers(administrators, world.now());
  }

  async function file(agent: Headers, id: string, type: string, whose: string): Promise<void> {
    const answer = await call(agent, 'POST', '/v2/requests', request(id, type, whose));
    expect(answer).toMatchObject({ statusCode: 201 });
  }

  async function show(id: string): Promise<Shown> {
    return JSON.parse((await call(admin(), 'GET', `/admin/requests/${id}`)).body) as Shown;
  }

  /** Lets time pass until a request is where it should be, and all else as it should. */
  async function reach(
    id: string,
    lifecycle: string,
    isSo: () => boolean | Promise<boolean> = () => true,
  ): Promise<void> {
    let shown: Shown | undefined;
    for (let turns = 0; turns < 16; turns++) {
      await world.settle();
      shown = await show(id);
      if (shown.lifecycle === lifecycle && (await isSo())) return;
      world.pass(MINUTE);
      await world.invoke('DeadlineWatcher', { work: 'drive' });
    }
    expect.fail(`${id} does not become ${lifecycle}: ${JSON.stringify(shown)}`);
  }
});
