import { describe, expect, it } from 'vitest';
import { apiGatewayConnection, nodeConnection } from '../../../lib/api/http/connections.ts';

describe('the connection', () => {
  it('behind a REST API is what the gateway has verified', () => {
    const identity = { sourceIp: '198.51.100.7', userArn: 'arn:aws:iam::1:role/a' };
    const bindings = { event: { requestContext: { identity } } };
    expect(apiGatewayConnection(bindings)).toEqual({
      address: '198.51.100.7',
      principal: 'arn:aws:iam::1:role/a',
    });
    const anonymous = { sourceIp: '198.51.100.7', userArn: null };
    expect(apiGatewayConnection({ event: { requestContext: { identity: anonymous } } })).toEqual({
      address: '198.51.100.7',
      principal: undefined,
    });
  });

  it('behind an HTTP API likewise', () => {
    const requestContext = {
      http: { sourceIp: '198.51.100.8' },
      authorizer: { iam: { userArn: 'arn:aws:iam::1:role/b' } },
    };
    expect(apiGatewayConnection({ event: { requestContext } })).toEqual({
      address: '198.51.100.8',
      principal: 'arn:aws:iam::1:role/b',
    });
  });

  it('is nobody’s when it is not what it should be', () => {
    for (const bindings of [undefined, {}, { event: {} }, { event: { requestContext: 1 } }]) {
      expect(apiGatewayConnection(bindings).principal).toBeUndefined();
      expect(nodeConnection(bindings).address).toBeUndefined();
    }
  });
});
