import { describe, expect, it } from 'vitest';
import { simulate } from '../../lib/simulation/simulate.ts';

describe('the simulation', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('holds every law with seed %i', async (seed) => {
    const report = await simulate({ requests: 40, seed });
    expect(report.violation).toBeUndefined();
    expect(Object.values(report.outcomes).reduce((sum, count) => sum + count, 0)).toBe(40);
    const { faults } = report;
    for (const name of [
      'transient',
      'crash',
      'duplicate',
      'throttle',
      'restart',
      'clockJump',
    ] as const) {
      expect(faults[name], name).toBeGreaterThan(0);
    }
  });

  it('is the same again under the same seed', async () => {
    const first = await simulate({ requests: 15, seed: 42 });
    expect(await simulate({ requests: 15, seed: 42 })).toEqual(first);
  });

  it('notices when "skipped" counts as done', async () => {
    const report = await simulate({ requests: 200, seed: 3, broken: 'skipped-counts-as-done' });
    expect(report.violation).toMatch(/is COMPLETED.*, yet .* did nothing/);
  });
});
