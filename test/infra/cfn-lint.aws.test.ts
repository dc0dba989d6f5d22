import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { assemble } from './synthesize.ts';

describe('cfn-lint', () => {
  it.each([
    ['the demo', {}],
    ['production', { stage: 'production', 'lethe:shards': 2, 'lethe:gzip': true }],
  ])('finds no fault in the templates of %s', (_, context) => {
    const assembly = assemble({ context, bundle: false });
    const templates = assembly.stacks.map((stack) => stack.templateFullPath);
    expect(templates).toHaveLength(2);
    const lint = spawnSync(
      join(dirname(inject('venvPython')), 'cfn-lint'),
      [
        ...['--non-zero-exit-code', 'warning', '--regions', 'us-east-1'],
        // CDK writes DependsOn beside a GetAtt that says the same: needless, not wrong.
        ...['--ignore-checks', 'W3005', '--', ...templates],
      ],
      { encoding: 'utf8' },
    );
    expect(lint.error).toBeUndefined();
    expect(lint.stdout + lint.stderr).toBe('');
    expect(lint.status).toBe(0);
  });
});
