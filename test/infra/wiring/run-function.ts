import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ACCOUNT, REGION } from './intrinsics.ts';
import type { DeployedFunction } from './deployed-functions.ts';

/** Ends what hangs, ms; how long a function takes on this machine says nothing of Lambda. */
const PATIENCE = 5 * 60_000;

const bootstrap = fileURLToPath(new URL('lambda-process.js', import.meta.url));

export interface FunctionRun {
  /** What the handler answered. */
  readonly result: unknown;
  /** Standard output and error: what would be in the log group. */
  readonly output: string;
}

/** An instance of a function: what it keeps in memory stays from one event to the next. */
export interface RunningFunction {
  /**
   * @param millisecondsAhead by how much the function's clock is ahead of ours
   * @throws Error if the handler throws, dies or hangs.
   */
  invoke(event: unknown, millisecondsAhead?: number): Promise<FunctionRun>;
  close(): void;
}

/**
 * Starts a function's bundle in a process of its own, under its template's environment and what
 * Lambda adds, and nothing else. Takes one event at a time.
 */
export function startFunction(deployed: DeployedFunction, endpoint: string): RunningFunction {
  const child = fork(bootstrap, [], {
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'json',
    env: {
      ...lambdaEnvironment(deployed),
      ...deployed.environment,
      AWS_ENDPOINT_URL: endpoint,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const ready = new Promise<void>((resolve) => child.once('message', () => resolve()));
  const timeoutMilliseconds = deployed.timeoutSeconds * 1000;

  async function invoke(event: unknown, millisecondsAhead = 0): Promise<FunctionRun> {
    output = '';
    const answer = new Promise<{ result?: unknown; error?: string }>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`${deployed.id} timed out:\n${output}`));
      }, PATIENCE);
      const died = (code: number | null): void => {
        clearTimeout(timer);
        reject(new Error(`${deployed.id} died with code ${String(code)}:\n${output}`));
      };
      child.once('exit', died);
      void ready.then(() => {
        child.once('message', (message) => {
          clearTimeout(timer);
          child.off('exit', died);
          resolve(message as { result?: unknown; error?: string });
        });
        child.send({ event, timeoutMilliseconds, millisecondsAhead });
      });
    });
    const { result, error } = await answer;
    // What was written before the answer may come after it, by another pipe.
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (error !== undefined) throw new Error(`${deployed.id} failed: ${error}\n${output}`);
    return { result, output };
  }
  return { invoke, close: () => void child.kill('SIGKILL') };
}

/** One event in a fresh process; see {@link startFunction}. */
export async function runFunction(
  deployed: DeployedFunction,
  event: unknown,
  endpoint: string,
): Promise<FunctionRun> {
  const running = startFunction(deployed, endpoint);
  try {
    return await running.invoke(event);
  } finally {
    running.close();
  }
}

/** Source: Lambda developer guide, "Defined runtime environment variables". */
function lambdaEnvironment(deployed: DeployedFunction): Record<string, string> {
  return {
    _HANDLER: deployed.handler,
    _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: deployed.id,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${deployed.id}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `2026/01/01/[$LATEST]${ACCOUNT}`,
    AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    AWS_SESSION_TOKEN: 'token',
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
    LAMBDA_TASK_ROOT: deployed.codeFolder,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
  };
}
