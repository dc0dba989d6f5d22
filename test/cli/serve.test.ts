import { createPublicKey, randomBytes, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { readdir, readFile, stat } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { linkIn, readMails } from '../../bin/commands/demo-mail.ts';
import { openStorage } from '../../bin/commands/serve-storage.ts';
import { verifyChain } from '../../lib/core/audit/chain.ts';
import type { AuditEntry } from '../../lib/core/audit/audit-entry.ts';
import { requestKeyName } from '../../lib/core/identity/subject-boxes.ts';
import { verifyReceipt } from '../../lib/core/receipts/sign-receipt.ts';
import { sql } from '../../lib/core/warehouse/sql/statement.ts';
import { lmdbDeadLetters } from '../../lib/local/tables/lmdb-dead-letters.ts';
import { lmdbRecordTable } from '../../lib/local/tables/lmdb-record-table.ts';
import { lmdbRequestStore } from '../../lib/local/tables/lmdb-request-store.ts';
import { dataMap } from '../../lib/data-map.ts';
import { seedPeople, type SamplePerson } from '../../lib/sample-services/seed-people.ts';
import { scratchFolder } from '../local/scratch-folder.ts';
import { MemoryRecordTable } from '../fakes/memory-record-table.ts';
import { freePort, startServe } from './serve-child.ts';

const clock = { now: () => Date.now() };

interface Filed {
  readonly id: string;
  readonly type: 'access' | 'erasure' | 'restriction' | 'rectification';
  readonly person: SamplePerson;
}

interface View {
  lifecycle: string;
  closed_at?: string;
}

/** Whoever uses the API while it dies and comes back: whatever did not work is tried again later. */
class Persistent {
  readonly #open = new Set<Filed>();
  readonly #mailbox: string;

  constructor(requests: readonly Filed[], mailbox: string) {
    this.#mailbox = mailbox;
    for (const request of requests) this.#open.add(request);
  }

  isDone(): boolean {
    return this.#open.size === 0;
  }

  /** Does whatever can be done now for all requests that are not closed. */
  async push(baseUrl: string): Promise<void> {
    const login = { name: 'ada', roles: ['operator', 'approver'] };
    const { token } = (await call(baseUrl, 'POST', '/dev/login', login)) as { token: string };
    for (const request of this.#open) {
      const { id, type, person } = request;
      const path = `/admin/requests/${id}`;
      const filing = {
        ...{ id, type, regime: 'gdpr', email: person.email, identity_verified: false },
        identities: [{ identifier: 'email', value: person.email }],
        ...(type === 'rectification' && { corrections: { phone: '555-0100' } }),
      };
      await call(baseUrl, 'POST', '/admin/requests', filing, token);
      const view = (await call(baseUrl, 'GET', path, undefined, token)) as View;
      if (view.closed_at !== undefined) this.#open.delete(request);
      if (view.lifecycle === 'AWAITING_APPROVAL') {
        await call(baseUrl, 'POST', `${path}/approve`, {}, token);
      }
      if (view.lifecycle !== 'AWAITING_IDENTITY') continue;
      const [mail] = await readMails(this.#mailbox, id).catch(() => []);
      const link = mail && linkIn(mail, 'verify');
      if (link !== undefined) {
        await fetch(link, { method: 'POST', headers: ONE_CALL, signal: callEnd() });
      }
    }
  }
}

/**
 * A connection for each call, and an end to each: where a kept connection's server was killed just as
 * it was used again, Node.js 20's `fetch` may never settle.
 */
const ONE_CALL = { connection: 'close' };
const callEnd = (): AbortSignal => AbortSignal.timeout(60_000);

async function call(
  baseUrl: string,
  method: string,
  path: string,
  body?: unknown,
  token?: string,
): Promise<unknown> {
  const reply = await fetch(baseUrl + path, {
    method,
    signal: callEnd(),
    headers: {
      ...ONE_CALL,
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return reply.json();
}

/** The people that `serve` invents. */
function people(): Promise<readonly SamplePerson[]> {
  const table = new MemoryRecordTable();
  return seedPeople({ table, dataMap }, { seed: 1, from: 1, count: 20 });
}

/** Names and contents of all files below a folder. */
async function readAll(folder: string): Promise<string> {
  const parts: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    parts.push(entry.name);
    if (entry.isFile()) {
      parts.push(await readFile(join(entry.parentPath, entry.name), 'latin1'));
    }
  }
  return parts.join('\n');
}

function findPersonal(text: string, { name, email, ssn, customerId }: SamplePerson): string[] {
  return [name, email, ssn, customerId].filter((value) => text.includes(value));
}

/** Kills come so long after the start, ms: at the filing, in the midst of tasks, while closing. */
const KILLS = [60, 250, 900, 30, 500, 1_600];

describe('lethe serve', () => {
  it('ends every request rightly, killed with SIGKILL again and again', async () => {
    const directory = await scratchFolder();
    const port = await freePort();
    const mailbox = join(directory, 'mailbox');
    const everybody = await people();
    const types = ['access', 'erasure', 'restriction', 'rectification', 'erasure'] as const;
    const filed = everybody
      .slice(0, 5)
      .map((person, at): Filed => ({ id: randomUUID(), type: types[at % 5]!, person }));
    const user = new Persistent(filed, mailbox);
    let killed = 0;
    // The last one is not killed, even if everything was done before.
    for (let round = 0; round <= KILLS.length || !user.isDone(); round++) {
      expect(round).toBeLessThan(40);
      const child = await startServe(directory, '--hurry', '--port', port);
      expect(child.errors()).toBe('');
      const killAfter = KILLS[round];
      const run = { isOver: false };
      // Not killed any more, it may take its time: the warehouse is made then.
      const lastRound = async (): Promise<void> => {
        for (let looks = 0; looks < 10 || (looks < 4_000 && !user.isDone()); looks++) {
          await wait(100);
        }
      };
      const ending = (killAfter === undefined ? lastRound() : wait(killAfter)).then(async () => {
        run.isOver = true;
        return child.stop(killAfter === undefined ? 'SIGTERM' : 'SIGKILL');
      });
      while (!run.isOver && !(killAfter === undefined && user.isDone())) {
        await user.push(child.baseUrl!).catch(() => undefined);
        await wait(40);
      }
      if ((await ending) === null) killed++;
      expect(child.errors().replace(/^stopped.*\n/, '')).toBe('');
    }
    expect(user.isDone()).toBe(true);
    expect(killed).toBeGreaterThan(KILLS.length / 2);

    const storage = await openStorage(directory, clock);
    const requests = lmdbRequestStore(storage.tables);
    const table = lmdbRecordTable(storage.tables);
    const pem = createPublicKey(
      await readFile(join(storage.folder, 'signing-key.pem'), 'utf8'),
    ).export({ type: 'spki', format: 'pem' });
    for (const { id, type, person } of filed) {
      const request = (await requests.load(id))!;
      const expected = type === 'erasure' ? 'COMPLETED_WITH_EXEMPTIONS' : 'COMPLETED';
      expect([type, request.lifecycle]).toEqual([type, expected]);
      const trail: AuditEntry[] = [];
      for await (const entry of requests.auditTrail(id)) trail.push(entry);
      expect(verifyChain(id, trail, request.audit).kind).toBe('whole');
      expect(verifyReceipt(request.receipt!, String(pem)).kind).toBe('genuine');
      expect((await storage.keys.get(requestKeyName(id))).kind).toBe('destroyed');
      expect(findPersonal(JSON.stringify([request, trail]), person)).toEqual([]);
      // What the stores truly hold, whatever anybody said.
      const customer = { identifier: 'customer_id', value: person.customerId };
      const held = async (store: string) => (await table.find(store, customer)).length;
      const isErased = type === 'erasure';
      for (const store of ['user-profiles', 'orders', 'posts']) {
        expect([type, store, (await held(store)) === 0]).toEqual([type, store, isErased]);
      }
      expect(await held('invoices')).toBeGreaterThan(0);
      if (type === 'rectification') {
        const [profile] = await table.find('user-profiles', customer);
        expect(profile!.fields['phone']).toBe('555-0100');
      }
      const endings = (await readMails(mailbox, id)).filter(({ subject }) =>
        /completed/.test(subject),
      );
      expect(endings.map(({ to }) => to).sort()).toEqual(
        [person.email, 'systems@localhost'].sort(),
      );
    }
    const { tables, keys } = storage;
    const letters = lmdbDeadLetters(tables, { keys, clock, random: { bytes: randomBytes } });
    for await (const { consumer, reason } of letters.list()) {
      expect.unreachable(`${consumer} buried a record: ${reason}`);
    }
    expect(table.outbox.oldest(1)).toEqual([]);
    expect((await readdir(mailbox)).filter((name) => !name.endsWith('.eml'))).toEqual([]);
    for (const folder of ['task-stream', 'event-stream', 'packages', 'packages.versions']) {
      const text = await readAll(join(storage.folder, folder));
      expect(text.length).toBeGreaterThan(0);
      for (const { person } of filed) expect(findPersonal(text, person)).toEqual([]);
    }
    // Who asked for nothing lost nothing.
    const others = everybody.slice(filed.length).map(({ customerId }) => customerId);
    for (const value of others) {
      const found = await table.find('user-profiles', { identifier: 'customer_id', value });
      expect(found).toHaveLength(1);
    }
    const state = await storage.warehouse!.own.look();
    if (state.kind !== 'ready') throw new Error(state.kind);
    const visible = await state.warehouse.query(
      sql`SELECT customer_id FROM shop.customers_pii WHERE forgotten_flag = 'No'`,
    );
    const seen = new Set(visible.map((row) => row['customer_id']));
    const hidden = filed.filter(({ type }) => type === 'erasure' || type === 'restriction');
    for (const { type, person } of hidden) {
      expect([type, seen.has(person.customerId)]).toEqual([type, false]);
    }
    expect(others.filter((value) => !seen.has(value))).toEqual([]);
    await storage.close();
  }, 600_000);

  it('stops gracefully, keeps its keys to its owner, and lets only one work in a folder', async () => {
    const directory = await scratchFolder();
    const first = await startServe(directory, '--port', '0');
    expect(first.errors()).toBe('');
    const second = await startServe(directory, '--port', '0');
    expect(second.baseUrl).toBeUndefined();
    expect(second.errors()).toMatch(/^lethe serve: .* is in use by process \d+.*\n$/);
    for (const name of ['signing-key.pem', 'agent-key.txt', 'tables/tables.mdb']) {
      expect((await stat(join(directory, 'requests', name))).mode & 0o777).toBe(0o600);
    }
    expect(await first.stop('SIGTERM')).toBe(0);
    const again = await startServe(directory, '--port', '0');
    expect(again.errors()).toBe('');
    expect(await again.stop('SIGINT')).toBe(0);
  });

  it('is reached on this machine alone', async () => {
    const directory = await scratchFolder();
    const child = await startServe(directory, '--port', '0');
    const { port, hostname } = new URL(child.baseUrl!);
    expect(hostname).toBe('127.0.0.1');
    const outward = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one?.family === 'IPv4' && !one.internal);
    for (const { address } of outward as { address: string }[]) {
      const outcome = await new Promise<string>((resolve) => {
        const socket = connect(Number(port), address, () => resolve('connected'));
        socket.on('error', () => resolve('refused'));
      });
      expect(outcome).toBe('refused');
    }
    const foreign = await fetch(`${child.baseUrl!}/admin/requests`);
    expect(foreign.status).toBe(401);
    expect(await child.stop('SIGTERM')).toBe(0);
  });

  it('says in one line when its port is taken, and refuses what is no port', async () => {
    const directory = await scratchFolder();
    const first = await startServe(directory, '--port', '0');
    const { port } = new URL(first.baseUrl!);
    const second = await startServe(await scratchFolder(), '--port', port);
    expect(second.errors()).toBe(
      `lethe serve: port ${port} is in use; choose another with --port\n`,
    );
    expect(await second.stop('SIGTERM')).toBe(1);
    await first.stop('SIGTERM');
    const wrong = await startServe(directory, '--port', '65536');
    expect(wrong.errors()).toContain('It must be a whole number from 0 to 65535');
    expect(await wrong.stop('SIGTERM')).toBe(2);
  });
});
