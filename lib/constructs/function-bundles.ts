import { Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const functions = join(root, 'lambdas');
// Always as deep below the root: source maps name their sources from here, and the name of an asset is
// the hash of all that is in it.
const cache = join(root, '.cache', 'functions');

/** As in NodeFunction's runtime. */
const TARGET = 'node24';
// CommonJS inside the bundle asks for Node's own modules by `require`, which ESM has not.
const BANNER =
  "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);";

let bundled: string | undefined;

/**
 * The code of `lambdas/<verb>/handler.ts` with all that it imports, as `index.mjs`. All functions are
 * bundled together by the first that is asked for: CDK's NodejsFunction starts npx and esbuild once for
 * each, which took nine tenths of a synthesis (docs/adr/0008-bundled-aws-sdk.md).
 *
 * Where CDK needs no code, as in `cdk list` and `cdk destroy`, nothing is bundled.
 *
 * @throws Error with esbuild's own message if a handler cannot be bundled.
 */
export function functionCode(scope: Construct, verb: string): Code {
  if (!Stack.of(scope).bundlingRequired) return Code.fromAsset(join(functions, verb));
  bundled ??= bundleAll();
  return Code.fromAsset(join(bundled, verb));
}

function bundleAll(): string {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'bundles-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  buildSync({
    absWorkingDir: root,
    outdir: folder,
    entryPoints: handlers().map((verb) => ({
      in: join(functions, verb, 'handler.ts'),
      out: `${verb}/index`,
    })),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: TARGET,
    format: 'esm',
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    // With the SDK, tree-shaken, in the versions that were tested: docs/adr/0008-bundled-aws-sdk.md.
    mainFields: ['module', 'main'],
    banner: { js: BANNER },
    logLevel: 'warning',
  });
  return folder;
}

function handlers(): readonly string[] {
  return readdirSync(functions).filter((verb) => existsSync(join(functions, verb, 'handler.ts')));
}
