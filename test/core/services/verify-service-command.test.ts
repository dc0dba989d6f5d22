import { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { register } from '../../../bin/commands/verify-service.ts';
import { sampleService, serveOnLoopback, type Fault } from './sample-service.ts';

async function run(fault: Fault, ...args: string[]): Promise<{ output: string; code: unknown }> {
  const service = await serveOnLoopback(
    sampleService(fault, new Map([['test@example.com', [{ name: 'T' }]]])),
  );
  let output = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += String(text);
    return true;
  });
  try {
    const program = new Command('lethe').exitOverride();
    register(program);
    await program.parseAsync(['verify', 'service', service.url, ...args], { from: 'user' });
    return { output, code: process.exitCode };
  } finally {
    write.mockRestore();
    service.close();
  }
}

describe('lethe verify service', () => {
  afterEach(() => {
    process.exitCode = undefined;
  });

  it('prints a table and leaves the exit code alone for a good service', async () => {
    const { output, code } = await run('none', '--subject', 'email=test@example.com');
    expect(output).toContain('ok   customers  erases once');
    expect(output).toMatch(/9 passed, 0 failed, 0 not run\n$/);
    expect(code).toBeUndefined();
  });

  it('exits 1 and says what to mend for a bad one', async () => {
    const { output, code } = await run('erases-nothing', '--subject', 'email=test@example.com');
    expect(output).toContain('FAIL customers  holds nothing of the test subject');
    expect(output).toContain('the look-up still finds 1 records');
    expect(code).toBe(1);
  });

  it('prints JSON for machines', async () => {
    const { output } = await run('none', '--json');
    const { results } = JSON.parse(output) as { results: unknown[] };
    expect(results).toContainEqual({ claim: 'says what it can do', outcome: 'passed' });
  });
});
