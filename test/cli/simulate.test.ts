import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

function lethe(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile('node', [join(root, 'bin/lethe.js'), ...args], (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

describe('lethe simulate', () => {
  it('shows what was injected and that every law held, and exits 0', async () => {
    const { code, stdout } = await lethe('simulate', '--requests', '10', '--seed', '7');
    expect(stdout).toContain('processes that died after an effect');
    expect(stdout).toContain('Every law held after every step.');
    expect(code).toBe(0);
  });

  it('exits 1 with a line that replays the failing seed', async () => {
    const { code, stdout, stderr } = await lethe(
      ...['simulate', '--requests', '200', '--seed', '3'],
      ...['--break', 'skipped-counts-as-done', '--json'],
    );
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as { violation: string }).violation).toContain('did nothing');
    expect(stderr).toContain(
      'npx lethe simulate --requests 200 --seed 3 --break skipped-counts-as-done',
    );
  });

  it.each([
    ['--seed', '-1'],
    ['--requests', 'many'],
    ['--break', 'the-law'],
  ])('exits 2 on %s %s', async (...args) => {
    expect((await lethe('simulate', ...args)).code).toBe(2);
  });
});
