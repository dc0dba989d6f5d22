import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import { pinnedPost } from '../../lib/api/callbacks/pinned-post.ts';
import { signedCallbacks } from '../../lib/api/callbacks/signed-callbacks.ts';
import type { Processor } from '../../lib/api/opendsr/processor.ts';
import { packageUrl, type Site } from '../../lib/core/notices/site.ts';
import type { Clock } from '../../lib/core/ports/clock.ts';
import type { Policy } from '../../lib/core/requests/model/policy.ts';
import { dataMap } from '../../lib/data-map.ts';
import { openFileSigner } from '../../lib/local/requests/file-signer.ts';
import { openLocalApi } from './serve-api.ts';
import { readCertificate } from './serve-certificate.ts';
import { openStorage, type Storage } from './serve-storage.ts';
import { openTarget, type Target } from './serve-target.ts';

export interface ServerOptions {
  readonly directory: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly policy: Policy;
  readonly clock: Clock;
  /** Told of faults that were outlived; names of ours only, no personal data. */
  readonly onFault: (where: string, errorName: string) => void;
}

/** The local target, listening and working. */
export interface LocalServer {
  readonly baseUrl: string;
  readonly target: Target;
  readonly storage: Storage;
  readonly agentKeyFile: string;
  /** Of receipts and OpenDSR answers. */
  readonly publicKeyPem: string;
  /** Ends when the work has ended: by {@link close}, or by a fault that it could not outlive. */
  readonly finished: Promise<void>;
  /** Finishes what is under way and gives everything back. */
  close(): Promise<void>;
}

/** Nobody else may reach a login without a password. */
const BIND_ADDRESS = '127.0.0.1';
/** How long calls under way may take when the server stops, ms. */
const LAST_ANSWERS = 2_000;
const ORGANISATION = 'Example Ltd';
const DOMAIN = 'localhost';

/** Opens the state, starts the loops and the HTTP API. */
export async function openServer(options: ServerOptions): Promise<LocalServer> {
  const { directory, port, policy, clock, onFault } = options;
  const storage = await openStorage(directory, clock);
  let fetch: ((request: Request, bindings: unknown) => Response | Promise<Response>) | undefined;
  const server = createAdaptorServer({
    fetch: (request, bindings) =>
      fetch?.(request, bindings) ?? new Response('starting', { status: 503 }),
  });
  const stop = new AbortController();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, BIND_ADDRESS, resolve);
    });
    const baseUrl = `http://${BIND_ADDRESS}:${(server.address() as AddressInfo).port}`;
    const site: Site = {
      organisation: ORGANISATION,
      baseUrl,
      linkKey: await storage.secret('links'),
    };
    const signer = await openFileSigner(join(storage.folder, 'signing-key.pem'));
    const certificate = join(storage.folder, 'certificate.pem');
    const processor: Processor = {
      domain: DOMAIN,
      baseUrl,
      certificatePem: await readCertificate(certificate, signer.privateKeyPem, DOMAIN, clock.now()),
      signer,
      identities: { email: 'email', controller_customer_id: 'customer_id' },
      resultsUrl: (dsrId, expiresAt) => packageUrl(site, dsrId, expiresAt),
    };
    const resolve = async (host: string): Promise<string[]> =>
      (await lookup(host, { all: true })).map(({ address }) => address);
    const callbacks = signedCallbacks(processor, pinnedPost({ resolve }));
    const target = await openTarget({
      ...{ storage, dataMap, policy, clock, site, signer, callbacks, onFault },
    });
    const { linkKey } = site;
    const api = await openLocalApi({
      ...{ storage, target, processor, linkKey, bindAddress: BIND_ADDRESS, onFault },
    });
    fetch = (request, bindings) => api.app.fetch(request, bindings);
    const finished = target.run(stop.signal);
    // Whoever waits for it hears of it; nobody else should.
    finished.catch(() => undefined);
    const close = async (): Promise<void> => {
      stop.abort();
      // Calls under way are answered first: they work with what is closed next.
      const closed = once(server, 'close');
      server.close();
      await Promise.race([closed, wait(LAST_ANSWERS, undefined, { ref: false })]);
      if ('closeAllConnections' in server) server.closeAllConnections();
      await finished.finally(() => storage.close());
    };
    const { agentKeyFile } = api;
    const { publicKeyPem } = signer;
    return { baseUrl, target, storage, agentKeyFile, publicKeyPem, finished, close };
  } catch (error) {
    server.close();
    await storage.close();
    throw error;
  }
}
