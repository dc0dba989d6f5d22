import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { certifySignerEnv } from '../../lambdas/certify-signer/env.ts';
import { deleteForgottenEnv } from '../../lambdas/delete-forgotten/env.ts';
import { executeTasksEnv } from '../../lambdas/execute-tasks/env.ts';
import { exportAuditEnv } from '../../lambdas/export-audit/env.ts';
import { handleApiEnv } from '../../lambdas/handle-api/env.ts';
import { mergeEventsEnv } from '../../lambdas/merge-events/env.ts';
import { orchestrateRequestsEnv } from '../../lambdas/orchestrate-requests/env.ts';
import { purgeSnapshotEnv } from '../../lambdas/purge-snapshot/env.ts';
import { registerAgentsEnv } from '../../lambdas/register-agents/env.ts';
import { redriveLettersEnv } from '../../lambdas/redrive-letters/env.ts';
import { relayChangesEnv } from '../../lambdas/relay-changes/env.ts';
import { replayLedgerEnv } from '../../lambdas/replay-ledger/env.ts';
import type { EnvSpec } from '../../lambdas/runtime/env.ts';
import { seedSamplesEnv } from '../../lambdas/seed-samples/env.ts';
import { serveArchiveEnv } from '../../lambdas/serve-archive/env.ts';
import { serveSamplesEnv } from '../../lambdas/serve-samples/env.ts';
import { serveWarehouseEnv } from '../../lambdas/serve-warehouse/env.ts';
import { watchDeadlinesEnv } from '../../lambdas/watch-deadlines/env.ts';
import { functionBundles } from '../../lib/constructs/function-bundles.ts';

const SPECS: Readonly<Record<string, EnvSpec>> = {
  'certify-signer': certifySignerEnv,
  'delete-forgotten': deleteForgottenEnv,
  'execute-tasks': executeTasksEnv,
  'export-audit': exportAuditEnv,
  'handle-api': handleApiEnv,
  'merge-events': mergeEventsEnv,
  'orchestrate-requests': orchestrateRequestsEnv,
  'purge-snapshot': purgeSnapshotEnv,
  'redrive-letters': redriveLettersEnv,
  'register-agents': registerAgentsEnv,
  'relay-changes': relayChangesEnv,
  'replay-ledger': replayLedgerEnv,
  'seed-samples': seedSamplesEnv,
  'serve-archive': serveArchiveEnv,
  'serve-samples': serveSamplesEnv,
  'serve-warehouse': serveWarehouseEnv,
  'watch-deadlines': watchDeadlinesEnv,
};

/** What a bundle prints when it starts with nothing but what Lambda sets. */
async function startOf(bundle: string): Promise<string> {
  const env = { AWS_REGION: 'us-east-1', PATH: process.env['PATH'] };
  try {
    // Node prints the line at fault, which is all of a minified bundle.
    await promisify(execFile)(process.execPath, [bundle], { env, maxBuffer: 64 * 1024 * 1024 });
    return '';
  } catch (error) {
    return String((error as { stderr?: unknown }).stderr);
  }
}

describe('a function that is deployed without its environment', () => {
  let folder: string;
  beforeAll(() => {
    folder = functionBundles();
  });

  it.each(Object.entries(SPECS))(
    '%s names every variable that it misses, at once',
    async (verb, spec) => {
      const printed = await startOf(join(folder, verb, 'index.mjs'));
      const missing = Object.entries(spec)
        .filter(([, variable]) => variable.optional !== true && !('default' in variable))
        .map(([name]) => name);
      expect(missing.length).toBeGreaterThan(0);
      for (const name of missing) expect(printed).toContain(`  - ${name}: is not set`);
    },
  );
});
