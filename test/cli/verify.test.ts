import { execFile } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { AuditDraft } from '../../lib/core/audit/audit-entry.ts';
import { appendEntries, emptyChain } from '../../lib/core/audit/chain.ts';
import type { Signer } from '../../lib/core/ports/signer.ts';
import type { Receipt } from '../../lib/core/receipts/receipt.ts';
import { signReceipt } from '../../lib/core/receipts/sign-receipt.ts';
import { root } from '../house/import-graph.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lethe-verify-'));
});
afterAll(() => rm(folder, { recursive: true }));

function verify(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const given = [join(root, 'bin/lethe.js'), 'verify', ...args];
    execFile(process.execPath, given, { cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

describe('lethe verify archive', () => {
  it('is content only when every row was read and none matches', async () => {
    await mkdir(join(folder, 'in/deep'), { recursive: true });
    await writeFile(join(folder, 'criteria'), '{"match":{"id":7}}\n');
    await writeFile(join(folder, 'in/deep/a'), '{"id":1}\n');
    const look = () => verify('archive', 'in', '--removal-criteria', 'criteria', '--json');
    const clean = await look();
    expect([clean.code, JSON.parse(clean.stdout)]).toEqual([
      0,
      { outcome: 'clean', objects: 1, rows: 1, residue: 0, findings: [] },
    ]);
    await writeFile(join(folder, 'in/b'), '{"id":2}\n{"id":\n');
    const unreadable = await look();
    expect(unreadable.code).toBe(1);
    expect(JSON.parse(unreadable.stdout)).toMatchObject({
      outcome: 'incomplete',
      findings: [{ key: 'b', reason: "1 row can't be read" }],
    });
    await writeFile(join(folder, 'in/b'), '{"id":7\n{"id":\n');
    expect(JSON.parse((await look()).stdout)).toMatchObject({
      findings: [{ key: 'b', reason: "2 rows can't be read, 1 with a subject's value" }],
    });
    await writeFile(join(folder, 'in/b'), '{"id":"7"}\n');
    const residue = await look();
    expect([residue.code, JSON.parse(residue.stdout)]).toMatchObject([
      1,
      { outcome: 'residue', residue: 1, findings: [{ key: 'b', matched: 1 }] },
    ]);
  });

  it('tells a wrong usage from a finding', async () => {
    const missing = await verify('archive', 'nowhere', '--removal-criteria', 'criteria');
    expect(missing).toMatchObject({ code: 2, stderr: '<archive>: nowhere does not exist\n' });
    expect((await verify('archive', 'in')).code).toBe(2);
  });
});

describe('lethe verify receipt', () => {
  it('says genuine of what was issued, and not of what was altered', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    await writeFile(join(folder, 'key.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
    const signer: Signer = {
      ...{ alg: 'Ed25519', keyId: 'k' },
      sign: (bytes) => Promise.resolve(sign(null, bytes, privateKey)),
    };
    const receipt = { format: 'lethe-receipt/1', dsrId: 'd-1', outcome: 'COMPLETED' } as Receipt;
    const text = JSON.stringify(await signReceipt(signer, receipt));
    await writeFile(join(folder, 'receipt.json'), text);
    await writeFile(join(folder, 'forged.json'), text.replace('COMPLETED', 'CANCELLED'));
    const of = (file: string, key = 'key.pem') => verify('receipt', file, '--public-key', key);
    expect(await of('receipt.json')).toMatchObject({
      code: 0,
      stdout: 'Genuine: request d-1, COMPLETED.\n',
    });
    expect((await of('forged.json')).code).toBe(1);
    expect((await of('criteria')).code).toBe(1);
    expect((await of('receipt.json', 'criteria')).code).toBe(2);
    expect((await of('none')).code).toBe(2);
  });
});

describe('lethe verify audit', () => {
  it('detects an altered, a dropped and a moved entry, and with the receipt a cut end', async () => {
    const actor = { kind: 'system', id: 'test' } as const;
    const draft: AuditDraft = { action: 'received', actor, facts: {} };
    const drafts = [draft, { ...draft, action: 'planned' }, { ...draft, action: 'closed' }];
    const { entries, head } = appendEntries('d-1', emptyChain('d-1'), drafts, 5);
    const lines = entries.map((entry) => JSON.stringify(entry));
    const [a = '', b = '', c = ''] = lines;
    const receipt = { receipt: { dsrId: 'd-1', audit: head }, signature: {} };
    await writeFile(join(folder, 'end.json'), JSON.stringify(receipt));
    const look = async (some: readonly string[], ...more: string[]) => {
      await writeFile(join(folder, 'audit.ndjson'), `${some.join('\n')}\n`);
      const { code, stdout } = await verify('audit', 'audit.ndjson', '--json', ...more);
      const { chains } = JSON.parse(stdout) as { chains: { verdict: string }[] };
      return [code, chains[0]?.verdict];
    };
    const end = ['--receipt', 'end.json'];
    expect(await look(lines, ...end)).toEqual([0, 'whole']);
    expect(await look([a, b.replace('planned', 'skipped'), c])).toEqual([1, 'altered']);
    expect(await look([a, c])).toEqual([1, 'missing-or-moved']);
    expect(await look([b, a, c])).toEqual([1, 'missing-or-moved']);
    expect(await look([a, b], ...end)).toEqual([1, 'cut-short']);
    expect(await look([a, b])).toEqual([0, 'whole']);
    expect(await readFile(join(folder, 'audit.ndjson'), 'utf8')).toContain('planned');
  });
});
