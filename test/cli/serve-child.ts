import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { root } from '../house/import-graph.ts';

/** `lethe serve` as a process of its own. */
export interface ServeChild {
  /** Undefined when it ended before it listened. */
  readonly baseUrl: string | undefined;
  readonly output: () => string;
  readonly errors: () => string;
  /** Answers the exit code, or null when a signal ended it. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

export async function startServe(directory: string, ...given: string[]): Promise<ServeChild> {
  const child = spawn(
    process.execPath,
    [join(root, 'bin/lethe.js'), 'serve', '--directory', directory, ...given],
    { env: { ...process.env, NO_COLOR: '1' } },
  );
  let output = '';
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = once(child, 'close');
  const listening = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('dev/login')) resolve();
    });
  });
  await Promise.race([listening, ended]);
  return {
    baseUrl: /listening on (\S+)/.exec(output)?.[1],
    output: () => output,
    errors: () => errors,
    stop: async (signal) => {
      child.kill(signal);
      const [code] = (await ended) as [number | null];
      return code;
    },
  };
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}
