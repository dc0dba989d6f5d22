import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assemble } from '../synthesize.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const cache = join(root, '.cache', 'assemblies');

/** What a bundle is made of. */
const SOURCES = ['lib', 'lambdas', 'cdk.json', 'package-lock.json', 'tsconfig.json'];
/** Longer than bundling takes on a busy machine, ms. */
const PATIENCE = 10 * 60_000;
const PAUSE = 200;
/** What an assembly of sources from before is kept for, ms. */
const KEPT = 60 * 60_000;

/**
 * The assembly under the default settings with every function bundled, made once for all test files
 * and kept until a source of it changes.
 */
export function bundledAssembly(): CloudAssembly {
  const folder = join(cache, fingerprint());
  for (const startedAt = Date.now(); !existsSync(folder);) {
    if (take(`${folder}.lock`)) {
      try {
        if (!existsSync(folder)) make(folder);
      } finally {
        rmSync(`${folder}.lock`, { recursive: true });
      }
    } else if (Date.now() - startedAt > PATIENCE) {
      throw new Error(`Nobody bundles the functions, yet ${folder}.lock is there: delete it`);
    } else {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  }
  return new CloudAssembly(folder);
}

function make(folder: string): void {
  const own = `${folder}.${process.pid}`;
  cpSync(assemble().directory, own, { recursive: true });
  for (const name of readdirSync(cache)) {
    const old = join(cache, name);
    // Another run may still be at a younger one.
    const { mtimeMs = Infinity } = statSync(old, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > KEPT) rmSync(old, { recursive: true, force: true });
  }
  renameSync(own, folder);
}

/** Whether the lock is ours now. That of a process which is no more is taken away. */
function take(lock: string): boolean {
  try {
    mkdirSync(cache, { recursive: true });
    mkdirSync(lock);
    writeFileSync(join(lock, 'pid'), String(process.pid));
    return true;
  } catch {
    const holder = join(lock, 'pid');
    if (existsSync(holder) && !isAlive(Number(readFileSync(holder, 'utf8')))) {
      rmSync(lock, { recursive: true, force: true });
    }
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function fingerprint(): string {
  const hash = createHash('sha256').update(process.version);
  const add = (path: string): void => {
    if (statSync(join(root, path)).isDirectory()) {
      for (const name of readdirSync(join(root, path)).sort()) add(join(path, name));
    } else {
      hash.update(`\0${path}\0`).update(readFileSync(join(root, path)));
    }
  };
  for (const source of SOURCES) add(source);
  return hash.digest('hex');
}
