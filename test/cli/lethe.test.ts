import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { root } from '../house/import-graph.ts';

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

async function lethe(...args: string[]): Promise<Ended> {
  try {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [join(root, 'bin/lethe.js'), ...args],
      { cwd: root, env: { ...process.env, NO_COLOR: '1' } },
    );
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as Ended;
  }
}

/** The commands that `lethe --help` names. */
async function commands(): Promise<string[]> {
  const { stdout } = await lethe('--help');
  const list = stdout.slice(stdout.indexOf('Commands:'));
  return [...list.matchAll(/^ {2}([a-z-]+)/gm)]
    .map(([, name]) => name!)
    .filter((n) => n !== 'help');
}

describe('the command line', () => {
  it('tells of every command, and each command of itself', async () => {
    const names = await commands();
    expect(names).toEqual(expect.arrayContaining(['redact', 'demo']));
    for (const name of names) {
      const help = await lethe(name, '--help');
      expect(help, name).toMatchObject({ code: 0, stderr: '' });
      expect(help.stdout).toContain(`Usage: lethe ${name}`);
    }
  });

  it.each([[], ['nonsense'], ['redact', '--nonsense'], ['demo', '--events', 'many']])(
    'ends wrong usage with code 2 and says what is wrong: %j',
    async (...args) => {
      const { code, stdout, stderr } = await lethe(...args);
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).not.toBe('');
    },
  );

  it('loads nothing heavy to tell its help', async () => {
    const { stderr } = await promisify(execFile)(
      process.execPath,
      [join(root, 'bin/lethe.js'), '--help'],
      { cwd: root, env: { ...process.env, NODE_DEBUG: 'esm' } },
    );
    const loaded = [...stderr.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].map(([, n]) => n!);
    expect(loaded).toContain('commander');
    const heavy = /^(zod|@faker-js|@aws-sdk|aws-cdk-lib|lmdb|hyparquet|@duckdb)/;
    expect([...new Set(loaded)].filter((name) => heavy.test(name))).toEqual([]);
  });
});
