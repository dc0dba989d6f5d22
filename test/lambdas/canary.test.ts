import { build } from 'esbuild';
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CANARY = 'Canary7Xq';
const PROGRAMS = {
  stream: fileURLToPath(new URL('./run-functions.ts', import.meta.url)),
  requests: fileURLToPath(new URL('./run-request-functions.ts', import.meta.url)),
};
const require =
  "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);";

/** All that the functions printed, and what the program sent. */
async function runFunctions(
  folder: string,
  program: keyof typeof PROGRAMS,
): Promise<{ printed: string; sent: string[] }> {
  const outfile = join(folder, `${program}.mjs`);
  await build({
    entryPoints: [PROGRAMS[program]],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: require },
    logLevel: 'error',
  });
  const child = fork(outfile, [CANARY], {
    silent: true,
    execArgv: [],
    // As if somebody had turned on all that the loggers can print.
    env: {
      AWS_REGION: 'us-east-1',
      POWERTOOLS_LOG_LEVEL: 'DEBUG',
      POWERTOOLS_LOGGER_LOG_EVENT: 'true',
      AWS_XRAY_DEBUG_MODE: 'true',
    },
  });
  let printed = '';
  const sent: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  }
  child.on('message', (message) => sent.push(...(message as string[])));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the functions ended with ${String(code)}: ${printed}`);
  return { printed, sent };
}

describe('what the functions print', () => {
  let folder: string;
  let printed: string;
  let events: string[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lethe-canary-'));
    ({ printed, sent: events } = await runFunctions(folder, 'stream'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('says what happened: a log line and metrics for each run, and the names of errors', () => {
    for (const word of [
      'Events redacted',
      'Events produced',
      '"RecordsRedacted":1',
      '"RecordsFailed":6',
      'MalformedEventError',
      'SyntaxError',
      'TypeError',
      'AccessDenied',
      'The run request has faults',
    ]) {
      expect(printed).toContain(word);
    }
  });

  it('holds nothing of the events that were redacted, kept or refused', () => {
    expect(printed).not.toContain(CANARY);
    expect(printed).not.toContain(Buffer.from(CANARY).toString('base64').slice(0, -4));
  });

  it('holds nothing of the events that were produced', () => {
    expect(events).toHaveLength(60);
    for (const event of events) {
      const { name, dob, ssn_no: number } = JSON.parse(event) as Record<string, string>;
      expect(printed).not.toContain(`"${name!}"`);
      expect(printed).not.toContain(dob);
      expect(printed).not.toContain(number);
    }
  });
});

describe('what the functions of requests print and keep', () => {
  let folder: string;
  let printed: string;
  let kept: string[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lethe-canary-'));
    ({ printed, sent: kept } = await runFunctions(folder, 'requests'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('says what happened: a log line for each run, metrics, and the names of errors', () => {
    for (const word of [
      'Requests driven',
      'Orders executed',
      'Events merged',
      'Deadlines watched',
      'Requests surveyed',
      'Audit entries exported',
      'People seeded',
      'Changes relayed',
      'Call answered',
      'A call was refused unread',
      '"ApiFaults":1',
      '"AuditGaps":0',
      'TypeError',
      'WatchEventError',
    ]) {
      expect(printed).toContain(word);
    }
  });

  it('holds nothing of whom the requests are about, whatever goes wrong', () => {
    expect(kept.at(-1)).toBe('COMPLETED');
    expect(kept.length).toBeGreaterThan(10);
    for (const text of [printed, ...kept]) {
      expect(text).not.toContain(CANARY);
      expect(text).not.toContain(CANARY.toLowerCase());
      expect(text).not.toContain(Buffer.from(CANARY).toString('base64').slice(0, -4));
    }
  });
});
