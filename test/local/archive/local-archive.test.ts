import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

import { verifyCertificate } from '../../../lib/core/erasure/certificate/verify-certificate.ts';
import type { ServiceCall } from '../../../lib/core/ports/services.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { openLocalArchive } from '../../../lib/local/archive/local-archive.ts';
import { openFileKeyVault } from '../../../lib/local/file-key-vault.ts';
import { openFileObjectStore } from '../../../lib/local/file-object-store.ts';
import { openFileSigner } from '../../../lib/local/requests/file-signer.ts';
import { openTables } from '../../../lib/local/tables/open-tables.ts';
import { everything, put, textOf } from '../../core/erasure/run/run-world.ts';
import { scratchFolder } from '../scratch-folder.ts';

const ANN = { identifier: 'ssn_no', value: '900-00-0001' };
const STORE = 'customer-archive';

const call = (change: Partial<ServiceCall> = {}): ServiceCall => ({
  store: STORE,
  operation: 'erase',
  dsrId: 'd',
  taskId: STORE,
  attempt: 1,
  reason: `dsr:d/${STORE}#1`,
  identities: [ANN],
  ...change,
});

const line = (ssn: string, nth = 0) => `{"name":"n${nth}", "ssn_no":"${ssn}"}\n`;
const failed = (record: string) =>
  `{"attemptsMade":1,"errorCode":"x","rawData":"${Buffer.from(record).toString('base64')}"}\n`;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function openArchive() {
  const folder = await scratchFolder();
  const clock = { now: () => Date.now() };
  const open = (name: string) => openFileObjectStore({ directory: join(folder, name), clock });
  const tables = openTables(join(folder, 'tables'));
  const objects = await open('store');
  const certificates = await open('certificates');
  const signer = await openFileSigner(join(folder, 'key.pem'));
  const faults: string[] = [];
  const archive = openLocalArchive({
    ...{ tables, dataMap, objects, certificates, signer, clock, drain: 0 },
    quarantine: await open('quarantine'),
    keys: await openFileKeyVault(join(folder, 'keys')),
    hashKey: randomBytes(32),
    random: { bytes: randomBytes },
    failures: { prefix: 'phi-errors/', lifetime: 86_400_000 },
    onFault: (loop, name) => faults.push(`${loop}: ${name}`),
  });
  const stop = new AbortController();
  const running = archive.run(stop.signal);
  closers.push(async () => {
    stop.abort();
    await running;
    await tables.close();
    expect(faults).toEqual([]);
  });
  const store = archive.services.get(STORE)!;
  const ended = async (asked: ServiceCall) => {
    for (;;) {
      const reply = await store.call(asked);
      if (reply.kind !== 'accepted') return reply;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { objects, certificates, store, ended, publicKeyPem: signer.publicKeyPem };
}

describe('the archive of the local target', () => {
  it('takes a subject out of objects, versions and failed records, with a certificate', async () => {
    const { objects, certificates, store, ended, publicKeyPem } = await openArchive();
    await put(objects, 'phi-data/a.jsonl', line('900000001') + line('5', 1) + line('900-00-0001'));
    await put(objects, 'phi-data/b.jsonl', line('900000001'));
    await put(objects, 'phi-data/b.jsonl', line('7'));
    await put(objects, 'phi-errors/x', failed(line('900000001')) + failed(line('6')));
    await put(objects, 'other/d.jsonl', line('900000001'));
    expect(await store.lookUp('x', [ANN])).toEqual({ kind: 'present', erasable: 4 });
    const reply = await ended(call());
    expect(reply).toMatchObject({ kind: 'done', affected: 4 });
    expect(await everything(objects)).toEqual([
      `other/d.jsonl: ${line('900000001')}`,
      `phi-data/a.jsonl: ${line('5', 1)}`,
      `phi-data/b.jsonl: ${line('7')}`,
      `phi-errors/x: ${failed(line('6'))}`,
    ]);
    expect(await store.lookUp('x', [ANN])).toEqual({ kind: 'absent' });
    expect(await ended(call({ attempt: 2 }))).toEqual(reply);
    const [key = ''] = (reply.kind === 'done' ? reply.certificate! : '').split('#');
    const text = (await textOf(certificates, key))!;
    expect(await verifyCertificate(text.split('\n'), publicKeyPem)).toMatchObject({
      kind: 'genuine',
      certificate: { outcome: 'done', orders: [{ orderId: `d/${STORE}`, rows: 4 }] },
    });
  });

  it('serves all erasures that wait by one run, and tells each its own rows', async () => {
    const { objects, ended } = await openArchive();
    await put(objects, 'phi-data/a.jsonl', line('900000001') + line('2') + line('2') + line('3'));
    const replies = await Promise.all(
      ['900-00-0001', '2', '4'].map((value, nth) =>
        ended(call({ dsrId: `d${nth}`, identities: [{ identifier: 'ssn_no', value }] })),
      ),
    );
    expect(replies).toMatchObject([
      { kind: 'done', affected: 1 },
      { kind: 'done', affected: 2 },
      { kind: 'no-data' },
    ]);
    expect(await textOf(objects, 'phi-data/a.jsonl')).toBe(line('3'));
  });

  it('gathers the subject’s current rows', async () => {
    const { objects, store } = await openArchive();
    await put(objects, 'phi-data/a.jsonl', line('900000001', 4) + line('5'));
    expect(await store.call(call({ operation: 'gather' }))).toEqual({
      kind: 'done',
      affected: 1,
      data: { kind: 'inline', records: [{ name: 'n4', ssn_no: '900000001' }] },
    });
  });

  it('never calls itself clean while a row cannot be read, and looks again when asked anew', async () => {
    const { objects, store, ended } = await openArchive();
    await put(objects, 'phi-data/a.jsonl', '{"ssn_no":"9000');
    expect(await ended(call())).toMatchObject({ kind: 'failed', code: 'rows-unparsable' });
    expect(await store.lookUp('x', [ANN])).toMatchObject({ kind: 'failed' });
    expect(await textOf(objects, 'phi-data/a.jsonl')).toBe('{"ssn_no":"9000');
    await put(objects, 'phi-data/a.jsonl', line('900000001'));
    for await (const { key, versionId, isLatest } of objects.listVersions('phi-data/')) {
      if (!isLatest) await objects.deleteVersion(key, versionId);
    }
    expect(await ended(call({ attempt: 2 }))).toMatchObject({ kind: 'done', affected: 1 });
  });
});
