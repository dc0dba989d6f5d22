/** A call as a REST API of API Gateway hands it to a function (payload 1.0), as documented. */
export function gatewayCall(
  method: string,
  path: string,
  {
    headers = {},
    body,
    query,
    base64 = false,
    sourceIp = '198.51.100.7',
    userArn,
  }: {
    headers?: Record<string, string>;
    body?: string | Uint8Array;
    query?: Record<string, string[]>;
    base64?: boolean;
    sourceIp?: string;
    userArn?: string;
  } = {},
): Record<string, unknown> {
  const multiValueHeaders = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value]]),
  );
  return {
    resource: '/{proxy+}',
    path,
    httpMethod: method,
    headers,
    multiValueHeaders,
    queryStringParameters: null,
    multiValueQueryStringParameters: query ?? null,
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdef1234',
      stage: 'v1',
      path: `/v1${path}`,
      domainName: 'abcdef1234.execute-api.eu-central-1.amazonaws.com',
      httpMethod: method,
      identity: { sourceIp, userArn: userArn ?? null, userAgent: 'test' },
      authorizer: null,
    },
    body: body === undefined ? null : Buffer.from(body).toString(base64 ? 'base64' : 'utf8'),
    isBase64Encoded: base64,
  };
}
