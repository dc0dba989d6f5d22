import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { composeApp } from '../infra/synthesize.ts';
import { root } from './import-graph.ts';
import { readmeCommands } from './readme-commands.ts';

const run = promisify(execFile);
const commands = readmeCommands();
const here = commands.filter(({ needsAccount }) => !needsAccount).map(({ line }) => line);
const setUp = here.filter((line) => line.startsWith('npm ci'));
const deployed = commands.filter(({ needsAccount }) => needsAccount).map(({ line }) => line);

/** Longer work that has a short form for a test of the command itself. */
const SHORT: Record<string, string> = {
  'npm run bench -- redaction': 'npm run bench -- redaction --smoke',
  'npm run bench -- archive': 'npm run bench -- archive --smoke',
  'npm run bench': 'npm run bench -- --smoke',
};
/** Run by CI as its own steps; in here they would run themselves. */
const BY_CI = ['npm run check', 'npm run test:aws'];
/** Run by test/infra/synth.test.ts, which looks at what comes of it as well. */
const BY_TESTS = ['npx cdk synth --quiet'];
const ELSEWHERE = [...setUp, ...BY_CI, ...BY_TESTS];

const state = mkdtempSync(join(tmpdir(), 'lethe-readme-'));
afterAll(() => rmSync(state, { recursive: true, force: true }));

describe('the README', () => {
  it('has its two lines run by CI, what they begin with once', () => {
    const ci = readFileSync(join(root, '.ci/run'), 'utf8').split('\n');
    expect(setUp).toEqual(['npm ci && npm run demo', 'npm ci && npm test']);
    const lines = ['npm ci && npm test', 'npm run demo'];
    for (const line of [...lines, ...BY_CI.filter((gate) => here.includes(gate))]) {
      expect(ci).toContain(line);
    }
  });

  it.each(here.filter((line) => !ELSEWHERE.includes(line)))(
    'tells a command that works: %s',
    async (line) => {
      // pipefail: a fault at the head of a pipe is a fault of the line.
      await run('bash', ['-euo', 'pipefail', '-c', SHORT[line] ?? line], {
        cwd: root,
        env: { ...process.env, NO_COLOR: '1', LETHE_README_STATE: state },
        maxBuffer: 64 * 1024 * 1024,
      });
    },
  );

  it('deploys only stacks that the app has', () => {
    const stacks = composeApp({})
      .synth()
      .stacks.map(({ stackName }) => stackName);
    const named = deployed.flatMap((line) => line.match(/[a-z-]+-stack\b/g) ?? []);
    expect(stacks.length).toBeGreaterThan(0);
    expect(named.filter((name) => !stacks.includes(name))).toEqual([]);
    for (const line of deployed) {
      expect(line).toMatch(
        /^(npx cdk (bootstrap|deploy|destroy)|aws (lambda invoke|s3 (ls|cp)))\b/,
      );
    }
  });
});
