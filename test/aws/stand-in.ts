import { inject } from 'vitest';

/** Options of any SDK client that talks to the stand-in for AWS. */
export function standIn() {
  return {
    endpoint: inject('awsEndpoint'),
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
}
