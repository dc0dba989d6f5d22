import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Hono } from 'hono';
import {
  lookupRequestSchema,
  PROTOCOL,
  taskRequestSchema,
  type TaskReply,
  type TaskRequest,
} from '../../../lib/core/services/protocol.ts';

/** How a service may misbehave; each is a fault seen in real ones. */
export type Fault =
  | 'none'
  | 'forgets-keys'
  | 'ignores-fence'
  | 'erases-nothing'
  | 'undoes-nothing'
  | 'loses-the-erased'
  | 'finds-nobody-wrongly'
  | 'takes-anything'
  | 'echoes-identities'
  | 'gives-no-data'
  | 'never-ends'
  | 'counts-falsely'
  | 'lies-about-itself'
  | 'fails-inside';

/** A small service with one store of customers, known by mail address. */
export function sampleService(fault: Fault, customers: Map<string, object[]>): Hono {
  const outcomes = new Map<string, TaskReply>();
  const fences = new Map<string, number>();
  const taken = new Map<string, [string, object[]][]>();
  const app = new Hono();

  app.get('/dsr/capabilities', (c) =>
    c.json({
      protocol: fault === 'lies-about-itself' ? 'homemade/1' : PROTOCOL,
      service: 'sample',
      stores: [
        {
          name: 'customers',
          operations: ['gather', 'erase', 'undo'],
          identifiers: ['email'],
          tracking: 'horizontal',
        },
      ],
      taskSeconds: 5,
    }),
  );

  app.post('/dsr/tasks', async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined);
    const parsed = taskRequestSchema.safeParse(body);
    if (fault === 'takes-anything' && !parsed.success) return c.json({ status: 'no-data' });
    if (!parsed.success || parsed.data.store !== 'customers') {
      const message = fault === 'echoes-identities' ? JSON.stringify(body) : undefined;
      return c.json({ error: { code: 'malformed', message: message?.slice(0, 500) } }, 400);
    }
    const task = parsed.data;
    if (fault === 'fails-inside') return c.text('oops', 500);
    if (fault === 'never-ends') return c.json({ status: 'accepted', checkAfterSeconds: 1 });
    const key = `${task.dsrId}/${task.taskId}`;
    const fence = fences.get(key) ?? 0;
    if (task.attempt < fence && fault !== 'ignores-fence') {
      return c.json({ error: { code: 'fenced' } }, 409);
    }
    fences.set(key, Math.max(fence, task.attempt));
    const done = outcomes.get(`${key} ${task.operation}`);
    if (done !== undefined && fault !== 'forgets-keys') return c.json(done);
    const reply = perform(task);
    outcomes.set(`${key} ${task.operation}`, reply);
    return c.json(reply);
  });

  app.post('/dsr/lookup', async (c) => {
    const parsed = lookupRequestSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!parsed.success) return c.json({ error: { code: 'malformed' } }, 400);
    if (fault === 'finds-nobody-wrongly') return c.json({ erasable: 1 });
    return c.json({ erasable: recordsOf(parsed.data.identities).length });
  });

  function recordsOf(identities: TaskRequest['identities']): object[] {
    return identities.flatMap(({ value }) => customers.get(value) ?? []);
  }

  function giveBack(key: string): TaskReply {
    const kept = taken.get(key) ?? [];
    const affected = kept.flatMap(([, records]) => records).length;
    if (affected === 0 || fault === 'loses-the-erased') return { status: 'no-data' };
    if (fault !== 'undoes-nothing')
      for (const [email, records] of kept) customers.set(email, records);
    return { status: 'done', affected };
  }

  function perform({ dsrId, taskId, operation, identities }: TaskRequest): TaskReply {
    if (operation === 'undo') return giveBack(`${dsrId}/${taskId}`);
    const records = recordsOf(identities);
    if (records.length === 0) return { status: 'no-data' };
    const affected = records.length + (fault === 'counts-falsely' ? 1 : 0);
    if (operation === 'gather') {
      if (fault === 'gives-no-data') return { status: 'done', affected };
      const data = { kind: 'inline', records: records as Record<string, never>[] } as const;
      return { status: 'done', affected, data };
    }
    const found = identities.flatMap(({ value }): [string, object[]][] => {
      const held = customers.get(value);
      return held === undefined ? [] : [[value, held]];
    });
    taken.set(`${dsrId}/${taskId}`, found);
    if (fault !== 'erases-nothing') for (const { value } of identities) customers.delete(value);
    return { status: 'done', affected, undoableUntil: '2999-01-01T00:00:00Z' };
  }

  return app;
}

/** Serves an app on loopback, without any adapter library. */
export async function serveOnLoopback(app: Hono): Promise<{ url: string; close: () => void }> {
  const server: Server = createServer((request, response) => {
    void relay(app, request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}

async function relay(app: Hono, request: IncomingMessage, response: ServerResponse) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const reply = await app.request(request.url ?? '/', {
    method: request.method ?? 'GET',
    headers: { 'content-type': 'application/json' },
    ...(chunks.length > 0 && { body: new Uint8Array(Buffer.concat(chunks)) }),
  });
  response.writeHead(reply.status, { 'content-type': 'application/json' });
  response.end(Buffer.from(await reply.arrayBuffer()));
}
