import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../house/import-graph.ts';
import { scratchFolder } from '../local/scratch-folder.ts';

interface Run {
  code: number | string;
  output: string;
  errors: string;
}

function lethe(...given: string[]): Promise<Run> {
  const env = { ...process.env, NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, 'bin/lethe.js'), ...given],
      { env },
      (error, output, errors) => {
        resolve({ code: error?.code ?? 0, output, errors });
      },
    );
  });
}

interface Report {
  accepted: number;
  leftInStream: number;
  leftByEarlierRun: number;
  check: { kept: number; redacted: number; failed: number; valuesFound: number; passed: boolean };
  objects: { key: string; kind: string; records: number; bytes: number }[];
  requests: {
    email: string;
    access: { mails: { file: string }[] };
    erasure: { mails: { file: string }[] };
  };
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => join(parentPath, name));
}

describe('lethe demo', () => {
  it('sends, redacts, archives and checks, twice in one folder, and says only what is on the disk', async () => {
    const directory = await scratchFolder();
    const first = await lethe('demo', '--directory', directory, '--events', '600');
    expect(first).toMatchObject({ code: 0 });
    expect(first.output).toMatch(/600 records sent = \d+ kept \+ \d+ redacted \+ 4 failed/);
    expect(first.output).toContain('REDACTED_CONTENT');
    expect(first.output).toContain('byte for byte the same');
    expect(first.output).not.toContain('\u001b[');
    // A pipe gets a plain line in place of a bar.
    expect(first.errors).toMatch(/^delivering +600 events in .*\n$/);
    // Requests follow, from the filing over HTTP to the receipt.
    expect(first.output).toMatch(/✔ access: COMPLETED after/);
    expect(first.output).toMatch(/✔ erasure: COMPLETED_WITH_EXEMPTIONS after/);
    expect(first.output).toContain('3 lines of the person before, 0 after');
    expect(first.output).toContain('3 of 3 arrived scrubbed');
    // And in the warehouse: hidden at once, deleted by the pass, nobody else's rows touched.
    expect(first.output).toMatch(/shop-customers +│ +1 │ +0 │ +1 │ +0 /);
    expect(first.output).toMatch(/shop-invoices +│ +1 │ +1 │ +0 │ +1 /);
    expect(first.output).toContain('rows of others: 140 before, 140 after');
    // One receipt for all of it.
    expect(first.output).toMatch(/customer-archive +│ SUCCEEDED/);
    expect(first.output).toMatch(/shop-orders +│ SUCCEEDED +│ +2 │ +\d{4}-\d\d-\d\d +│ +\d{4}-/);
    expect(first.output).toMatch(/shop-invoices +│ EXEMPT/);
    expect(first.output).not.toContain('✘');
    // The commands that it tells to try name files that are there.
    const hints = [...first.output.matchAll(/head -\d (\S+)/g)].map(([, path]) => path!);
    expect(hints).toHaveLength(2);
    for (const path of hints) expect((await stat(path)).size).toBeGreaterThan(0);

    const second = await lethe(
      'demo',
      '--directory',
      directory,
      '--events',
      '700',
      '--seed',
      '7',
      '--json',
    );
    expect(second.code).toBe(0);
    const report = JSON.parse(second.output) as Report;
    const { kept, redacted, failed, valuesFound, passed } = report.check;
    expect([report.accepted, kept + redacted + failed, valuesFound, passed]).toEqual([
      700,
      700,
      0,
      true,
    ]);
    expect([report.leftInStream, report.leftByEarlierRun]).toEqual([0, 0]);
    const { requests } = report;
    expect(requests).toMatchObject({
      passed: true,
      access: { lifecycle: 'COMPLETED', receiptVerdict: 'genuine', auditVerdict: 'whole' },
      erasure: { receiptVerdict: 'genuine', auditVerdict: 'whole' },
      package: {
        records: {
          'customer-archive': 3,
          'user-profiles': 1,
          'shop-orders': 2,
          'shop-invoices': 1,
        },
      },
      // The invoice of the first demo's person is kept, and is one of the others' now.
      warehouse: { passed: true, others: [141, 141] },
      newEvents: { sent: 3, scrubbed: 3 },
    });
    for (const { mails } of [requests.access, requests.erasure]) {
      for (const { file } of mails) {
        const text = await readFile(join(directory, 'mailbox', file), 'utf8');
        expect(text).toMatch(/^Subject: /m);
        expect(file).not.toContain(requests.email.split('@')[0]);
      }
    }
    for (const { key, bytes, records, kind } of report.objects) {
      const text = await readFile(join(directory, 'data-store', key), 'utf8');
      expect(Buffer.byteLength(text)).toBe(bytes);
      const lines = text.split('\n').slice(0, -1);
      expect(lines).toHaveLength(records);
      if (kind === 'error') continue;
      const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const redactedLines = events.filter((event) => event['data_share_consent'] !== true);
      expect(redactedLines).toHaveLength(redacted);
      for (const event of redactedLines) {
        expect(event).toMatchObject({ dob: 'REDACTED_CONTENT', ssn_no: 'REDACTED_CONTENT' });
      }
    }
    // Both runs lie side by side: two objects each, and two of the person who was erased, the first
    // of which holds nothing any more.
    const objects = await filesBelow(join(directory, 'data-store'));
    const sizes = await Promise.all(objects.map(async (path) => (await stat(path)).size));
    expect([objects.length, sizes.filter((size) => size === 0).length]).toEqual([8, 2]);
    for (const path of await filesBelow(join(directory, 'stream'))) {
      if (path.endsWith('.log')) expect((await stat(path)).size).toBe(0);
    }
  });

  it.each([
    ['--events', '0'],
    ['--events', 'many'],
    ['--events', '1e3'],
    ['--consent-ratio', '1.5'],
    ['--seed', '-1'],
  ])('refuses %s %s, and says what it takes', async (option, value) => {
    const run = await lethe('demo', `${option}=${value}`);
    expect(run.code).not.toBe(0);
    expect(run.output).toBe('');
    const [fault] = run.errors.split('\n');
    expect(fault).toContain(option);
    expect(fault).toMatch(/It must be a (whole )?number from 0|It must be a whole number from 1/);
    expect(run.errors).not.toContain('    at ');
  });

  it('says in one line why a folder cannot be used', async () => {
    const run = await lethe('demo', '--directory', join(root, 'package.json'));
    expect(run).toMatchObject({ code: 1, output: '' });
    expect(run.errors).toMatch(/^lethe demo: .*\n$/);
  });
});
