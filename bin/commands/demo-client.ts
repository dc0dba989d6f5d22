import { setTimeout as wait } from 'node:timers/promises';
import type { z } from 'zod';
import type { detailSchema } from '../../lib/api/admin/schemas.ts';

export type RequestView = z.infer<typeof detailSchema>;

/** Somebody who uses the API from outside: an agent who files, an administrator who approves. */
export interface DemoClient {
  file(id: string, type: 'access' | 'erasure', email: string): Promise<void>;
  approve(id: string): Promise<void>;
  view(id: string): Promise<RequestView>;
  /** Presses the button on a page of the data subject's. */
  press(link: string): Promise<Response>;
}

/**
 * A connection for each call: one that is kept may be closed by the server just when it is used again,
 * above all after the server's thread was busy with opening a database.
 */
const ONE_CALL = { connection: 'close' };

export async function openClient(baseUrl: string, agentKey: string): Promise<DemoClient> {
  const send = async (
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<unknown> => {
    const reply = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...ONE_CALL, ...headers },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path} was answered ${reply.status}: ${text}`);
    return JSON.parse(text) as unknown;
  };
  const login = { name: 'demo', roles: ['operator', 'approver'] };
  const { token } = (await send('POST', '/dev/login', login, {})) as { token: string };
  const administrator = { authorization: `Bearer ${token}` };

  return {
    file: async (id, type, email) => {
      const request = {
        regulation: 'gdpr',
        subject_request_id: id,
        subject_request_type: type,
        submitted_time: new Date().toISOString(),
        subject_identities: [
          { identity_type: 'email', identity_value: email, identity_format: 'raw' },
        ],
        api_version: '2.0',
      };
      await send('POST', '/v2/requests', request, { 'x-api-key': agentKey });
    },
    approve: async (id) => {
      await send('POST', `/admin/requests/${id}/approve`, {}, administrator);
    },
    view: async (id) =>
      (await send('GET', `/admin/requests/${id}`, undefined, administrator)) as RequestView,
    press: async (link) => {
      const reply = await fetch(link, { method: 'POST', headers: ONE_CALL });
      if (!reply.ok) throw new Error(`a page of the data subject answered ${reply.status}`);
      return reply;
    },
  };
}

/** How often it looks, and when it gives up, ms. */
const LOOK = 60;
const GIVE_UP = 300_000;

/** Looks again and again until there is something. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const started = performance.now();
  while (performance.now() - started < GIVE_UP) {
    const found = await look();
    if (found !== undefined) return found;
    await wait(LOOK);
  }
  throw new Error(`${what} did not happen within ${GIVE_UP / 1000} s`);
}
