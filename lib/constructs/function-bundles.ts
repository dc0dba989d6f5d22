import { Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
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

/** All that a bundle is made of: the lock file says which packages. */
const SOURCES = ['lib', 'lambdas', 'package-lock.json', 'tsconfig.json'];
/** Bundles of other sources are kept for so long, ms: another process may still copy them. */
const KEPT = 60 * 60 * 1_000;

let bundled: string | undefined;

/**
 * The code of `lambdas/<verb>/handler.ts` with all that it imports, as `index.mjs`. All functions are
 * bundled together by the first that is asked for, and kept until a source changes: CDK's NodejsFunction
 * starts npx and esbuild once for each, which took nine tenths of a synthesis
 * (docs/adr/0008-bundled-aws-sdk.md).
 *
 * Where CDK needs no code, as in `cdk list` and `cdk destroy`, nothing is bundled.
 *
 * @throws Error with esbuild's own message if a handler cannot be bundled.
 */
export function functionCode(scope: Construct, verb: string): Code {
  if (!Stack.of(scope).bundlingRequired) return Code.fromAsset(join(functions, verb));
  bundled ??= functionBundles();
  return Code.fromAsset(join(bundled, verb));
}

/** Where all bundles lie, each as `<verb>/index.mjs`; made if they are not there. */
export function functionBundles(): string {
  const folder = join(cache, fingerprint());
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  forgetOthers();
  // Beside its place: half a bundle never stands there, whenever this process dies.
  const own = mkdtempSync(join(cache, 'unfinished-'));
  bundleInto(own);
  try {
    renameSync(own, folder);
  } catch (cause) {
    // Another process was faster, with the same sources.
    rmSync(own, { recursive: true, force: true });
    if (!existsSync(folder)) throw cause;
  }
  return folder;
}

function forgetOthers(): void {
  for (const name of readdirSync(cache)) {
    const old = join(cache, name);
    const { mtimeMs = Infinity } = statSync(old, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > KEPT) rmSync(old, { recursive: true, force: true });
  }
}

function fingerprint(): string {
  const hash = createHash('sha256');
  const add = (path: string): void => {
    if (statSync(join(root, path)).isDirectory()) {
      for (const name of readdirSync(join(root, path)).sort()) add(join(path, name));
    } else {
      hash.update(`\0${path}\0`).update(readFileSync(join(root, path)));
    }
  };
  for (const source of SOURCES) add(source);
  return hash.digest('hex').slice(0, 32);
}

function bundleInto(folder: string): void {
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
}

function handlers(): readonly string[] {
  return readdirSync(functions).filter((verb) => existsSync(join(functions, verb, 'handler.ts')));
}
