import { defineConfig } from 'vitest/config';

/** Tests that start processes of their own and wait for them: after those that are always at work. */
const WITH_PROCESSES = ['test/cli/**', 'test/house/**', 'test/infra/**', 'test/local/**'].map(
  (folder) => `${folder}/*.test.ts`,
);
/** All functions of a deployment at once: nothing beside it. */
const ALONE = ['test/infra/wiring/requests.test.ts'];
const ELSEWHERE = ['test/**/*.aws.test.ts', '**/node_modules/**'];

const shared = {
  // Synthesis, child processes and property tests share two cores, which others may share as well:
  // these end what hangs, and say nothing of speed.
  testTimeout: 600_000,
  hookTimeout: 600_000,
  pool: 'forks',
  // One process reads the sources once for all of its files, which took half of the time. So a test
  // leaves nothing behind in its process, and asks nothing of what others left.
  isolate: false,
} as const;

export default defineConfig({
  test: {
    coverage: { provider: 'v8', include: ['bin/**/*.ts', 'lib/**/*.ts', 'lambdas/**/*.ts'] },
    projects: [
      {
        test: {
          ...shared,
          name: 'within',
          include: ['test/**/*.test.ts'],
          exclude: [...WITH_PROCESSES, ...ELSEWHERE],
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'processes',
          include: WITH_PROCESSES,
          exclude: [...ALONE, ...ELSEWHERE],
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...shared,
          name: 'alone',
          include: ALONE,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
