import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { dataMap } from '../../lib/data-map.ts';
import { assemble, PRODUCTION } from './synthesize.ts';
import { MAP_WITH_TABLES } from './warehouse-map.ts';

describe('cfn-lint', () => {
  it.each([
    ['the demo', {}],
    ['production', { ...PRODUCTION, 'lethe:shards': 2, 'lethe:gzip': true }],
    [
      'a warehouse',
      {
        'lethe:warehouse': 'serverless',
        'lethe:lake-formation-database': 'shop_share',
        'lethe:lake-formation-readers': 'arn:aws:iam::123456789012:role/analyst',
      },
      MAP_WITH_TABLES,
    ],
  ])('finds no fault in the templates of %s', (_, context, map = dataMap) => {
    const assembly = assemble({ context, map, bundle: false });
    const templates = assembly.stacks.map((stack) => stack.templateFullPath);
    expect(templates.length).toBeGreaterThan(4);
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
