import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { root } from './import-graph.ts';

it('no export, file or dependency is unused', async () => {
  const run = promisify(execFile);
  // knip exits 1 and prints its findings when there are any.
  const findings = await run(
    'npx',
    ['--no-install', 'knip', '--no-progress', '--reporter', 'compact'],
    {
      cwd: root,
    },
  ).then(
    () => '',
    (error: unknown) => {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      return `${stdout}${stderr}`;
    },
  );
  expect(findings).toBe('');
});
