import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
const require =
  "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);";

/** What a bundle prints when it starts with nothing but what Lambda sets. */
async function startOf(bundle: string): Promise<string> {
  const env = { AWS_REGION: 'us-east-1', PATH: process.env['PATH'] };
  try {
    await promisify(execFile)(process.execPath, [bundle], { env });
    return '';
  } catch (error) {
    return String((error as { stderr?: unknown }).stderr);
  }
}

describe('a function that is deployed without its environment', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lethe-cold-'));
    const root = fileURLToPath(new URL('../..', import.meta.url));
    await build({
      entryPoints: Object.fromEntries(
        Object.keys(SPECS).map((verb) => [verb, join(root, 'lambdas', verb, 'handler.ts')]),
      ),
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      mainFields: ['module', 'main'],
      banner: { js: require },
      logLevel: 'error',
    });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(Object.entries(SPECS))(
    '%s names every variable that it misses, at once',
    async (verb, spec) => {
      const printed = await startOf(join(folder, `${verb}.mjs`));
      const missing = Object.entries(spec)
        .filter(([, variable]) => variable.optional !== true && !('default' in variable))
        .map(([name]) => name);
      expect(missing.length).toBeGreaterThan(0);
      for (const name of missing) expect(printed).toContain(`  - ${name}: is not set`);
    },
    30_000,
  );
});
