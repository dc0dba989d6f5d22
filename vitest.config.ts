import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.aws.test.ts', '**/node_modules/**'],
    // Synthesis, child processes and property tests share two cores, which others may share as well:
    // these end what hangs, and say nothing of speed.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: 'forks',
    // All cores; and one process reads the sources once for all of its files, which took half of the time.
    // So a test leaves nothing behind in its process, and asks nothing of what others left.
    maxWorkers: '100%',
    isolate: false,
    coverage: { provider: 'v8', include: ['bin/**/*.ts', 'lib/**/*.ts', 'lambdas/**/*.ts'] },
  },
});
