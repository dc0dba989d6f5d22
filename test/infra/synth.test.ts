import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemble, EVERYTHING, PRODUCTION } from './synthesize.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** `npx cdk synth` as on a machine with no account, no region and no way out. */
function synth(output: string, ...options: string[]): { status: number | null; output: string } {
  const run = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk'),
      'synth',
      '--quiet',
      '-o',
      output,
      ...options,
    ],
    {
      cwd: root,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: output,
        AWS_EC2_METADATA_DISABLED: 'true',
        // Whoever asks the network is told so by a port that nobody listens on.
        HTTPS_PROXY: 'http://127.0.0.1:9',
        HTTP_PROXY: 'http://127.0.0.1:9',
      },
    },
  );
  return { status: run.status, output: `${run.stdout}\n${run.stderr}` };
}

describe('cdk synth', () => {
  let folder: string;
  let first: ReturnType<typeof synth>;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lethe-synth-'));
    first = synth(join(folder, 'first'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('needs no account and no network', () => {
    expect(first.status, first.output).toBe(0);
    const names = readdirSync(join(folder, 'first'));
    expect(names).toContain('sensitive-data-producer-stack.template.json');
    expect(names).toContain('sensitive-data-filter-stack.template.json');
  });

  it('leaves the choice of account and region to the deployment', () => {
    const manifest = JSON.parse(readFileSync(join(folder, 'first', 'manifest.json'), 'utf8')) as {
      artifacts: Record<string, { type: string; environment?: string }>;
      missing?: unknown;
    };
    const stacks = Object.values(manifest.artifacts).filter(
      ({ type }) => type === 'aws:cloudformation:stack',
    );
    expect(stacks.length).toBeGreaterThan(4);
    for (const { environment } of stacks) {
      expect(environment).toBe('aws://unknown-account/unknown-region');
    }
    expect(manifest.missing).toBeUndefined();
  });

  it('makes the same functions whatever the settings', () => {
    const second = assemble({ context: { ...PRODUCTION, ...EVERYTHING } }).directory;
    expect(bundles(second)).toEqual(bundles(join(folder, 'first')));
  });

  it('keeps bundles small, so that functions start fast', () => {
    for (const bundle of bundles(join(folder, 'first'))) {
      const path = join(folder, 'first', bundle, 'index.mjs');
      expect(statSync(path).size, bundle).toBeLessThan(2_000_000);
    }
  });

  it('lists what is wrong with the settings and writes nothing', () => {
    const wrong = synth(
      join(folder, 'wrong'),
      '-c',
      'lethe:shards=0',
      '-c',
      'lethe:gzip=perhaps',
      '-c',
      'lethe:colour=blue',
    );
    expect(wrong.status).not.toBe(0);
    expect(wrong.output).toContain("The deployment's settings have 3 faults");
    expect(existsSync(join(folder, 'wrong', 'manifest.json'))).toBe(false);
  });
});

/** Assets that hold a function of ours; CDK's own are CommonJS. */
function bundles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('asset.') && existsSync(join(folder, name, 'index.mjs')))
    .sort();
}
