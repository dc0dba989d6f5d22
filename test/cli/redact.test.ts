import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LineRedaction, MOST_LINE_BYTES } from '../../bin/commands/redact-lines.ts';
import { RecordRedactor } from '../../lib/core/redaction/redactor.ts';
import { customerPolicy, NOW } from '../core/redaction/policies.ts';

const launcher = fileURLToPath(new URL('../../bin/lethe.js', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-redact-'));
  // Builds the bundle once, so that no test waits for it.
  execFileSync(process.execPath, [launcher, 'redact', '--help']);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function lethe(input: string | Uint8Array, ...args: string[]) {
  const run = spawnSync(process.execPath, [launcher, 'redact', ...args], {
    input,
    maxBuffer: 1 << 28,
  });
  return { code: run.status, out: run.stdout.toString(), err: run.stderr.toString() };
}

/** Lines as the reference's producer sends them. */
function referenceLines(consenting: number, not: number): string[] {
  return Array.from({ length: consenting + not }, (_, index) => {
    const day = String(1 + (index % 28)).padStart(2, '0');
    const consents = (index * not) % (consenting + not) >= not;
    return `{"name":"Person ${index}","dob":"19${50 + (index % 50)}-04-${day}","gender":"M","ssn_no":"${807831104 + index}","data_share_consent":${consents},"evnt_time":"2021-01-31T20:31:26.114917"}`;
  });
}

test('of 1,168 reference-shaped lines exactly the 581 change and the 587 stay byte-identical', () => {
  const lines = referenceLines(587, 581);
  expect(lines.filter((line) => line.includes(':true')).length).toBe(587);
  const run = lethe(`${lines.join('\n')}\n`, '--at', NOW, '--json');
  expect(run.code).toBe(0);
  const out = run.out.split('\n');
  expect(out.pop()).toBe('');
  expect(out.length).toBe(1168);
  let changed = 0;
  out.forEach((line, index) => {
    const before = lines[index]!;
    if (line === before) return;
    changed++;
    expect(before).toContain('"data_share_consent":false');
    expect(line).toBe(
      before
        .replace(/"(dob|ssn_no)":"[^"]*"/g, '"$1":"REDACTED_CONTENT"')
        .replace(/\}$/, `,"data_redacted":true,"data_redacted_at":"${NOW}"}`),
    );
  });
  expect(changed).toBe(581);
  const counts = { lines: 1168, kept: 587, redacted: 581, failed: 0, blank: 0, failures: [] };
  expect(JSON.parse(run.err)).toMatchObject({ ...counts, finished: true });
});

test('twice equals once', () => {
  const once = lethe(referenceLines(3, 4).join('\n'));
  expect(lethe(once.out, '--at', '2030-01-01T00:00:00Z').out).toBe(once.out);
});

test('line endings, blank lines and a missing last newline stay as they are', () => {
  const kept = '{"data_share_consent":true} ';
  const run = lethe(`${kept}\r\n\n  \r\n{"a":1}\r\n${kept}\n{"b":2}`, '--at', NOW);
  const marks = `"data_redacted":true,"data_redacted_at":"${NOW}"}`;
  expect(run.out).toBe(`${kept}\r\n\n  \r\n{"a":1,${marks}\r\n${kept}\n{"b":2,${marks}`);
  expect(run.err).toContain('4 lines: 2 kept, 2 redacted, 0 failed');
});

describe('lines that are no JSON object', () => {
  test('are told by number and reason, put aside as they came, and the rest is done', () => {
    const failed = join(folder, 'bad.jsonl');
    writeFileSync(failed, 'old', { mode: 0o644 });
    const bad = ['{"ssn_no":"CANARY"\r', '["CANARY"]', '\ufeff{}'];
    const run = lethe(`{"a":1}\n${bad[0]}\n\n${bad[1]}\n{"b":1}\n${bad[2]}`, '--failed', failed);
    expect(run.code).toBe(1);
    expect(run.out.match(/data_redacted"/g)?.length).toBe(2);
    expect(run.out + run.err).not.toContain('CANARY');
    expect(run.err.split('\n').slice(0, 3)).toEqual([
      'line 2: cut-short',
      'line 4: not-an-object',
      'line 6: byte-order-mark',
    ]);
    expect(run.err).toContain('5 lines: 0 kept, 2 redacted, 3 failed');
    expect(readFileSync(failed, 'utf8')).toBe(bad.join('\n'));
    expect(statSync(failed).mode & 0o777).toBe(0o600);
  });

  test('are told up to a hundred, and counted beyond', () => {
    const run = lethe('{\n'.repeat(250));
    expect(run.err.match(/^line \d+: cut-short$/gm)?.length).toBe(100);
    expect(run.err).toContain('… and 150 more');
    expect(run.err).toContain('250 lines: 0 kept, 0 redacted, 250 failed');
    const json = JSON.parse(lethe('{\n'.repeat(250), '--json').err) as { failures: unknown[] };
    expect(json).toMatchObject({ failed: 250 });
    expect(json.failures[0]).toEqual({ line: 1, reason: 'cut-short' });
  });
});

describe('wrong usage ends with 2 before anything is written', () => {
  test.each([
    [['--stream', 'nowhere'], 'there is no stream "nowhere"; known: customer-events'],
    [['--at', 'yesterday'], '--at must be ISO 8601 in UTC'],
    [['--failed', '/nowhere/at/all'], '--failed: '],
    [['--unknown'], 'unknown option'],
  ])('%j', (args, message) => {
    const run = lethe('{"a":1}\n', ...args);
    expect(run.code).toBe(2);
    expect(run.out).toBe('');
    expect(run.err).toContain(message);
  });
});

test('nothing in, nothing out', () => {
  const run = lethe('');
  expect(run).toMatchObject({ code: 0, out: '' });
  expect(run.err).toContain('0 lines');
});

test('a reader that goes away ends it without a stack trace', async () => {
  const child = spawn(process.execPath, [launcher, 'redact'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdin.on('error', () => undefined);
  child.stdout.destroy();
  const line = `{"pad":"${'x'.repeat(1000)}"}\n`;
  for (let index = 0; index < 200; index++) child.stdin.write(line.repeat(50));
  child.stdin.end();
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(code).toBe(1);
  expect(err).toContain('the reader of the output went away');
  expect(err).not.toContain('    at ');
});

test('a slow reader holds it back: memory stays small', async () => {
  const child = spawn(process.execPath, [launcher, 'redact'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  const line = Buffer.from(`{"pad":"${'x'.repeat(1000)}"}\n`.repeat(1000));
  let accepted = 0;
  for (let index = 0; index < 300; index++) {
    const isTaken = await new Promise<boolean>((resolve) => {
      child.stdin.write(line, () => resolve(true));
      setTimeout(() => resolve(false), 1000);
    });
    if (!isTaken) break;
    accepted++;
  }
  // Nobody reads: pipes and the chunks in hand are all that it may take.
  expect(accepted).toBeLessThan(20);
  child.kill();
});

describe('lines in chunks of any size', () => {
  function through(chunks: readonly Uint8Array[]) {
    const failed: string[] = [];
    const aside: Buffer[] = [];
    const lines = new LineRedaction(new RecordRedactor(customerPolicy()), NOW, {
      failed: (line, reason) => void failed.push(`${line} ${reason}`),
      verbatim: (bytes) => void aside.push(Buffer.from(bytes)),
    });
    const out = chunks.map((chunk) => Buffer.from(lines.take(chunk)));
    out.push(Buffer.from(lines.end()));
    return { out: Buffer.concat(out).toString(), failed, aside: Buffer.concat(aside).toString(), counts: lines.counts };
  } // prettier-ignore

  test('make no difference', () => {
    const line = fc.constantFrom(
      '{"data_share_consent":true}', '{"ssn_no":"é1"}', '', ' ', '{', '[]', '{"a":"𝄞"}', '\r',
    ); // prettier-ignore
    const ending = fc.constantFrom('\n', '\r\n');
    const input = fc.array(
      fc.tuple(line, ending).map((parts) => parts.join('')),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(input, line, fc.array(fc.integer({ min: 1, max: 9 })), (lines, last, cuts) => {
        const bytes = Buffer.from(lines.join('') + last);
        const chunks: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) chunks.push(bytes.subarray(at, (at += cut)));
        chunks.push(bytes.subarray(at));
        expect(through(chunks)).toEqual(through([bytes]));
      }),
    );
  });

  test('a line that is too long fails alone, and goes aside whole', () => {
    const long = `{"a":"${'x'.repeat(MOST_LINE_BYTES)}"}\n`;
    const bytes = Buffer.from(`{}\n${long}{}\n${long.trimEnd()}`);
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 1 << 16)
      chunks.push(bytes.subarray(at, at + (1 << 16)));
    const result = through(chunks);
    expect(result.failed).toEqual(['2 too-long', '4 too-long']);
    expect(result.aside === long + long.trimEnd()).toBe(true);
    expect(result.counts).toMatchObject({ redacted: 2, failed: 2 });
    const whole = through([bytes]);
    expect(whole.failed).toEqual(result.failed);
    expect(whole.aside === result.aside && whole.out === result.out).toBe(true);
  });
});
