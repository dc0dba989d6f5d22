import { LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { describe, expect, it } from 'vitest';
import { awsCrosswalk, awsServices } from '../../../lib/aws/services/aws-services.ts';
import { httpsPost } from '../../../lib/aws/services/https-post.ts';
import type { ServiceRoute } from '../../../lib/aws/services/service-route.ts';
import {
  REPLY_LIMIT,
  SERVICE_PATHS,
  type LookupRequest,
} from '../../../lib/core/services/protocol.ts';
import type { ServicePost } from '../../../lib/core/services/service-client.ts';
import { answerCall } from '../../../lib/sample-services/answer-call.ts';
import { SAMPLE_SERVICES } from '../../../lib/sample-services/sample-service.ts';
import { crosswalkContract } from '../../contracts/crosswalk.ts';
import { servicesContract } from '../../contracts/services.ts';
import { NOBODY, samplePeople } from '../../sample-services/sample-people.ts';
import { standIn } from '../stand-in.ts';
import {
  carriesToken,
  credentials,
  isSignedByUs,
  listen,
  serveLambda,
  serveOverHttp,
} from './fake-endpoints.ts';

const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:commerce';

function connect(endpoint?: string) {
  const state = { now: 1_000 };
  return {
    lambda: new LambdaClient({ ...standIn(), ...(endpoint !== undefined && { endpoint }) }),
    secrets: new SecretsManagerClient(standIn()),
    ...{ credentials, clock: { now: () => state.now }, state },
  };
}

async function makeSecret(SecretString: string): Promise<string> {
  const Name = `token-${randomUUID()}`;
  const { ARN } = await connect().secrets.send(new CreateSecretCommand({ Name, SecretString }));
  return ARN!;
}

type Carrier = 'sigv4' | 'token' | 'lambda';

/** A sample service behind one of the three ways in which services are reached. */
async function reach(carrier: Carrier, serviceAt: 0 | 1) {
  const { deps, people } = await samplePeople();
  const service = SAMPLE_SERVICES[serviceAt];
  let served: { server: Server; url: string };
  let route: ServiceRoute;
  if (carrier === 'lambda') {
    served = await serveLambda((call) =>
      answerCall(service, deps, call as Parameters<typeof answerCall>[2]),
    );
    route = { kind: 'lambda', functionArn: FUNCTION };
  } else if (carrier === 'token') {
    served = await serveOverHttp(service, deps, carriesToken('t0k3n'));
    route = { kind: 'token', url: served.url, secretArn: await makeSecret('t0k3n') };
  } else {
    served = await serveOverHttp(service, deps, isSignedByUs);
    route = { kind: 'sigv4', url: served.url, service: 'execute-api', region: 'eu-west-1' };
  }
  const close = () => new Promise<void>((resolve) => served.server.close(() => resolve()));
  return { connections: connect(served.url), route, people, close };
}

for (const carrier of ['sigv4', 'token', 'lambda'] as const) {
  servicesContract(`awsServices by ${carrier}`, async () => {
    const { connections, route, people, close } = await reach(carrier, 1);
    const services = awsServices([{ stores: ['orders', 'invoices'], route }], connections);
    return {
      services: services.get('orders')!,
      store: 'orders',
      subject: people[0],
      nobody: NOBODY,
      close,
    };
  });

  crosswalkContract(`awsCrosswalk by ${carrier}`, async () => {
    const { connections, route, people, close } = await reach(carrier, 0);
    return { crosswalk: awsCrosswalk(route, connections), people, nobody: NOBODY, close };
  });
}

const lookup: LookupRequest = {
  ...{ protocol: 'lethe-service/1', store: 'orders', identities: [...NOBODY] },
};
const plain = (baseUrl: string, timeout?: number): ServicePost =>
  httpsPost({
    ...{ baseUrl, authorise: (_url, headers) => Promise.resolve(headers) },
    ...(timeout !== undefined && { timeout }),
  });

describe('a service over HTTPS', () => {
  it('that stays silent is given up in time', async () => {
    const { server, url } = await listen(() => new Promise(() => undefined));
    await expect(plain(url, 200)(SERVICE_PATHS.lookup, lookup)).rejects.toMatchObject({
      code: 'timeout',
    });
    server.closeAllConnections();
    server.close();
  });

  it('that redirects is not followed to wherever it says', async () => {
    let reached = 0;
    const target = await listen(() => {
      reached += 1;
      return Promise.resolve({ status: 200, body: { erasable: 0 } });
    });
    const headers = { location: target.url };
    const { server, url } = await listen(() => Promise.resolve({ status: 307, body: '', headers }));
    await expect(plain(url)(SERVICE_PATHS.lookup, lookup)).rejects.toMatchObject({
      code: 'unreachable',
    });
    expect(reached).toBe(0);
    server.close();
    target.server.close();
  });

  it('that says more than the protocol allows is cut off', async () => {
    const body = 'x'.repeat(REPLY_LIMIT + 1);
    const { server, url } = await listen(() => Promise.resolve({ status: 200, body }));
    await expect(plain(url)(SERVICE_PATHS.lookup, lookup)).rejects.toMatchObject({
      code: 'reply-too-large',
    });
    server.close();
  });

  it('is not called with a token that no header can carry, and hears of a new one in minutes', async () => {
    const { deps } = await samplePeople();
    const { server, url } = await serveOverHttp(SAMPLE_SERVICES[0], deps, carriesToken('second'));
    const connections = connect();
    const secretArn = await makeSecret('first\r\nx-evil: 1');
    const crosswalk = awsCrosswalk({ kind: 'token', url, secretArn }, connections);
    const asked = () => crosswalk.resolve(NOBODY);
    const change = (SecretString: string) =>
      connections.secrets.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString }));
    expect(await asked()).toEqual({ kind: 'failed', code: 'token-malformed' });
    await change('first');
    expect(await asked()).toEqual({ kind: 'failed', code: 'http-403' });
    await change('second');
    expect(await asked()).toEqual({ kind: 'failed', code: 'http-403' });
    connections.state.now += 300_000;
    expect(await asked()).toEqual({ kind: 'unknown' });
    server.close();
  });
});

describe('a service behind a function', () => {
  it('that throws, or answers something else, is a failed call that quotes nothing', async () => {
    const answers = [
      () => Promise.reject(new Error('boom')),
      () => Promise.resolve({ statusCode: 200 }),
      () => Promise.resolve({ status: 200, body: { erasable: 'CANARY-PERSON' } }),
      () => Promise.resolve({ status: 200, body: 'x'.repeat(REPLY_LIMIT + 2_000) }),
    ];
    const codes: string[] = [];
    for (const answer of answers) {
      const { server, url } = await serveLambda(answer);
      const route = { kind: 'lambda', functionArn: FUNCTION } as const;
      const services = awsServices([{ stores: ['orders'], route }], connect(url));
      const reply = await services.get('orders')!.lookUp('orders', NOBODY);
      codes.push(reply.kind === 'failed' ? reply.code : reply.kind);
      server.close();
    }
    expect(codes).toEqual([
      'function-threw',
      'malformed-answer',
      'malformed-reply',
      'reply-too-large',
    ]);
  });
});
