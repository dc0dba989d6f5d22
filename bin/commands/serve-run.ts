import { relative, resolve } from 'node:path';
import { DEFAULT_POLICY } from '../../lib/core/requests/model/default-policy.ts';
import type { ServiceDependencies } from '../../lib/sample-services/find-records.ts';
import { seedPeople } from '../../lib/sample-services/seed-people.ts';
import { openTerminal, type Terminal } from '../terminal/terminal.ts';
import type { ServeOptions } from './serve.ts';
import { openServer, type LocalServer } from './serve-open.ts';
import { SAMPLE_PEOPLE } from './serve-people.ts';
import { HURRIED_POLICY } from './serve-policy.ts';

const clock = { now: () => Date.now() };

/** Serves until it is told to stop. @returns the exit code. */
export async function runServe(options: ServeOptions): Promise<number> {
  const terminal = openTerminal();
  const stopped = new Promise<void>((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop());
  });
  let server: LocalServer;
  try {
    server = await openServer({
      directory: resolve(options.directory),
      port: options.port,
      policy: options.hurry === true ? HURRIED_POLICY : DEFAULT_POLICY,
      clock,
      onFault: (where, errorName) => terminal.note(`lethe serve: ${where}: ${errorName}`),
    });
  } catch (error) {
    terminal.note(`lethe serve: ${explain(error, options.port)}`);
    return 1;
  }
  try {
    greet(terminal, server, await someoneToTry(server.target.samples));
    await Promise.race([stopped, server.finished]);
  } finally {
    await server.close();
  }
  terminal.note('stopped; every request goes on where it is with the next start');
  return 0;
}

/** The mail address of somebody who was not erased yet; undefined when all were. */
async function someoneToTry(samples: ServiceDependencies): Promise<string | undefined> {
  for (const { customerId, email } of await seedPeople(samples, SAMPLE_PEOPLE)) {
    const customer = { identifier: 'customer_id', value: customerId };
    if ((await samples.table.find('user-profiles', customer)).length > 0) return email;
  }
  return undefined;
}

function explain(error: unknown, port: number): string {
  if (!(error instanceof Error)) throw error;
  const isTaken = 'code' in error && error.code === 'EADDRINUSE';
  return isTaken ? `port ${port} is in use; choose another with --port` : error.message;
}

function greet(terminal: Terminal, server: LocalServer, email: string | undefined): void {
  const { bold, cyan } = terminal.style;
  const near = (path: string): string => relative('', path) || '.';
  terminal.print(`listening on ${bold(server.baseUrl)}`);
  terminal.print(`  API document     ${server.baseUrl}/openapi.json`);
  terminal.print(`  mail             ${near(server.target.mailbox)}`);
  terminal.print(`  agent's API key  ${near(server.agentKeyFile)}`);
  if (email !== undefined) {
    terminal.print(`  someone to try   ${email} (invented, as everybody here)`);
  }
  terminal.print(`\nA token for administrators:`);
  terminal.print(
    cyan(
      `  curl -s ${server.baseUrl}/dev/login -H 'content-type: application/json' ` +
        `-d '{"name":"ada","roles":["operator","approver"]}'`,
    ),
  );
}
