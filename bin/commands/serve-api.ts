import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { createApi } from '../../lib/api/app.ts';
import { mintAgentKey } from '../../lib/api/auth/agent-keys.ts';
import type { AgentDirectory } from '../../lib/core/ports/agent-directory.ts';
import { developmentLogin } from '../../lib/api/auth/development-login.ts';
import { requestDesk } from '../../lib/api/desk.ts';
import type { ApiLog } from '../../lib/api/http/answer.ts';
import type { Processor } from '../../lib/api/opendsr/processor.ts';
import { openPackage } from '../../lib/core/access-package/packager.ts';
import { PRIVATE_FILE } from '../../lib/local/durable-files.ts';
import type { Storage } from './serve-storage.ts';
import type { Target } from './serve-target.ts';

export interface LocalApiOptions {
  readonly storage: Storage;
  readonly target: Target;
  readonly processor: Processor;
  readonly linkKey: Uint8Array;
  /** Where the server listens: loopback only, since the login asks for no password. */
  readonly bindAddress: string;
  readonly onFault: (operation: string, errorName: string) => void;
}

export interface LocalApi {
  readonly app: Hono;
  /** The file with the API key of the one agent that is known here. */
  readonly agentKeyFile: string;
}

/** The very API that runs on AWS, with a login and an agent of this machine. */
export async function openLocalApi(options: LocalApiOptions): Promise<LocalApi> {
  const { storage, target, processor, linkKey, bindAddress, onFault } = options;
  const { clock } = target.deps;
  const login = await developmentLogin({ bindAddress, clock });
  const { agents, apiKey } = await localAgent(storage);
  const agentKeyFile = join(storage.folder, 'agent-key.txt');
  await writeFile(agentKeyFile, `${apiKey}\n`, { mode: PRIVATE_FILE });
  const log: ApiLog = {
    answered: () => undefined,
    failed: ({ operationId, errorName }) => onFault(operationId, errorName),
  };
  const app = createApi({
    ...{ desk: requestDesk(target.deps), processor, clock, linkKey, log },
    authentication: { agents, administrators: login.verify },
    openPackage: async (dsrId, reference) => {
      const { packages: objects, keys } = storage;
      const zip = await openPackage({ objects, keys }, dsrId, reference);
      return zip === undefined ? undefined : ReadableStream.from(zip);
    },
    connection: (bindings) => ({ address: remoteAddress(bindings) }),
    furtherRoutes: [login.route],
  });
  return { app, agentKeyFile };
}

/** One agent that does not vouch: data subjects confirm by mail. Its key is the same at every start. */
async function localAgent(storage: Storage): Promise<{ agents: AgentDirectory; apiKey: string }> {
  const secret = await storage.secret('agent');
  let drawn = 0;
  const bytes = (size: number): Uint8Array =>
    createHmac('sha256', secret).update(`agent-key/${drawn++}`).digest().subarray(0, size);
  const { apiKey, keyId, secretHash } = mintAgentKey(bytes);
  const record = { agentId: 'local-agent', controllerId: 'local', vouches: false, secretHash };
  const agents: AgentDirectory = {
    byKeyId: (id) => Promise.resolve(id === keyId ? record : undefined),
    byPrincipal: () => Promise.resolve(undefined),
  };
  return { agents, apiKey };
}

/** What the Node adapter binds: the incoming message. */
function remoteAddress(bindings: unknown): string | undefined {
  const { incoming } = bindings as { incoming?: { socket?: { remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress;
}
