import { defineConfig } from 'vitest/config';

// The adapters in lib/aws against a local stand-in for AWS. What it may prove: docs/adr/0005.
export default defineConfig({
  test: {
    include: ['test/**/*.aws.test.ts'],
    globalSetup: ['test/aws/start-ministack.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});
