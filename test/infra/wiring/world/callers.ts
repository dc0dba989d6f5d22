import { createHash, createSign, generateKeyPairSync } from 'node:crypto';
import type { Answers } from '../aws-stand-in.ts';
import type { World } from './world.ts';

/** Who calls the API, by the headers that show it. */
export type Headers = Readonly<Record<string, string>>;

/** What the API answered, as API Gateway would pass it on. */
export interface Answer {
  readonly statusCode: number;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/**
 * A call as a REST API of API Gateway hands it to its function.
 * Source: API Gateway developer guide, "Input format of a Lambda function for proxy integration".
 */
export function gatewayCall(
  headers: Headers,
  method: string,
  path: string,
  body?: object,
): unknown {
  return {
    resource: '/{proxy+}',
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(
      Object.entries({ ...headers, 'content-type': 'application/json' }).map(([name, value]) => [
        name,
        [value],
      ]),
    ),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: { proxy: path.slice(1) },
    requestContext: {
      stage: 'v1',
      domainName: 'abcdef1234.execute-api.eu-west-1.amazonaws.com',
      identity: { sourceIp: '198.51.100.7', userArn: null },
    },
    body: body === undefined ? null : Buffer.from(JSON.stringify(body)).toString('base64'),
    isBase64Encoded: body !== undefined,
  };
}

/** Puts an agent into the table of agents, as whoever runs the deployment does; answers its headers. */
export function registerAgent(
  world: World,
  table: string,
  { keyId, vouches }: { keyId: string; vouches: boolean },
): Headers {
  const secret = 'A'.repeat(43);
  world.tables.put(table, {
    pk: { S: `key#${keyId}` },
    sk: { S: 'agent' },
    agentId: { S: `agent-${keyId}` },
    controllerId: { S: 'controller-1' },
    vouches: { BOOL: vouches },
    secretHash: { S: createHash('sha256').update(secret).digest('hex') },
  });
  return { 'x-api-key': `lethe_${keyId}_${secret}` };
}

/** Cognito's user pool with one administrator, who may everything. */
export class UserPool {
  private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

  readonly answers: Answers = {
    'cognito-idp:GetJwks': () => ({
      keys: [
        { ...this.keys.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' },
      ],
    }),
  };

  /**
   * Source: Cognito developer guide, "Understanding the access token".
   * @param issuedAt ms
   */
  headers(
    { issuer, clientIds }: { issuer: string; clientIds: readonly string[] },
    issuedAt: number,
  ): Headers {
    const seconds = Math.floor(issuedAt / 1_000);
    const claims = {
      ...{ sub: 'administrator-1', iss: issuer, client_id: clientIds[0], token_use: 'access' },
      'cognito:groups': ['operator', 'approver', 'auditor'],
      ...{ iat: seconds, exp: seconds + 3_600 },
    };
    const signed = [{ alg: 'RS256', kid: 'k1' }, claims].map(base64url).join('.');
    const signature = createSign('sha256').update(signed).sign(this.keys.privateKey, 'base64url');
    return { authorization: `Bearer ${signed}.${signature}` };
  }
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** As Kinesis carries a message. */
export function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64');
}
