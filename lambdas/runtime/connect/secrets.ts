import { readSecretKey } from '../../../lib/aws/secret-key.ts';
import { secretsClient } from './clients.ts';

/**
 * Reads keys, once at cold start.
 * @param secrets their ARNs by the names under which they are answered
 */
export async function readKeys<Name extends string>(
  service: string,
  secrets: Readonly<Record<Name, string>>,
): Promise<Readonly<Record<Name, Uint8Array>>> {
  const client = secretsClient(service);
  const names = Object.keys(secrets) as Name[];
  const keys = await Promise.all(names.map((name) => readSecretKey(client, secrets[name])));
  return Object.fromEntries(names.map((name, at) => [name, keys[at]!])) as Record<Name, Uint8Array>;
}
