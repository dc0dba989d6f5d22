import { Tracer } from '@aws-lambda-powertools/tracer';

/**
 * Shows a client's calls as X-Ray subsegments: operation, table or stream, duration; no payloads.
 * Outside of Lambda, or where tracing is off, the client is answered as it was.
 */
export function traced<Client>(serviceName: string, client: Client): Client {
  return new Tracer({ serviceName, captureHTTPsRequests: false }).captureAWSv3Client(client);
}
