import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

/** A stand-in for AWS; what it may prove: docs/adr/0005. Exact, so that runs compare. */
const PACKAGES = [
  'ministack==1.4.21',
  'hypercorn==0.18.0',
  'cfn-lint==1.58.0',
  // For KMS keys that sign.
  'cryptography==50.0.2',
];
const CACHE = fileURLToPath(new URL('../../.cache', import.meta.url));
const VENV = join(CACHE, 'ministack-1.4.21');
const WINDOWS = process.platform === 'win32';
const PYTHON = WINDOWS ? join(VENV, 'Scripts', 'python.exe') : join(VENV, 'bin', 'python');
const INSTALLED = join(VENV, `installed-${PACKAGES.join('_')}`);

const run = promisify(execFile);

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the stand-in answers, `http://127.0.0.1:<port>`. */
    awsEndpoint: string;
    /** The virtual environment's Python; `cfn-lint` lies beside it. */
    venvPython: string;
  }
}

/** Starts the stand-in before the tests and answers what stops it after them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await install();
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = start(port);
  // A run that is killed must not leave a server behind.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(5_000).then(kill)]);
  };
  try {
    await healthy(endpoint, child);
    await answersWithBody(endpoint);
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide('awsEndpoint', endpoint);
  project.provide('venvPython', PYTHON);
  return stop;
}

async function install(): Promise<void> {
  if (existsSync(INSTALLED)) return;
  const python = await findPython();
  rmSync(VENV, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  await run(python, ['-m', 'venv', VENV]);
  await run(PYTHON, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    ...PACKAGES,
  ]);
  mkdirSync(join(VENV, 'mark'));
  renameSync(join(VENV, 'mark'), INSTALLED);
}

async function findPython(): Promise<string> {
  const check = 'import sys, venv; sys.exit(sys.version_info < (3, 10))';
  for (const name of ['python3', 'python']) {
    try {
      await run(name, ['-c', check]);
      return name;
    } catch {
      // Not there, or too old: the next one.
    }
  }
  throw new Error(
    'npm run test:aws needs Python 3.10 or later with venv on the PATH; the other tests do not.',
  );
}

function start(port: number): ChildProcess {
  const log = openSync(join(CACHE, 'ministack.log'), 'w');
  return spawn(PYTHON, ['-m', 'ministack'], {
    cwd: CACHE,
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      IOT_MTLS_ENABLED: '0',
    },
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function healthy(endpoint: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (child.exitCode !== null) break;
    try {
      const { ok } = await fetch(`${endpoint}/_ministack/health`);
      if (ok) return;
    } catch {
      // Not listening yet.
    }
    await sleep(200);
  }
  throw new Error('ministack did not start; see .cache/ministack.log');
}

/** Older servers drop the body of a 412, which the SDK then cannot tell from a broken answer. */
async function answersWithBody(endpoint: string): Promise<void> {
  const bucket = `${endpoint}/start-check`;
  await fetch(bucket, { method: 'PUT' });
  await fetch(`${bucket}/key`, { method: 'PUT', body: 'x' });
  const refused = await fetch(`${bucket}/key`, {
    method: 'PUT',
    body: 'y',
    headers: { 'If-None-Match': '*' },
  });
  const text = await refused.text();
  if (refused.status !== 412 || !text.includes('PreconditionFailed')) {
    throw new Error(`ministack answers a conditional put with ${refused.status} and "${text}"`);
  }
}
