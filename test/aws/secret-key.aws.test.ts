import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readSecretKey } from '../../lib/aws/secret-key.ts';
import { standIn } from './stand-in.ts';

describe('readSecretKey', () => {
  it('reads a key that is binary or base64, and refuses one that is short or missing', async () => {
    const client = new SecretsManagerClient(standIn());
    const key = randomBytes(32);
    const made = async (secret: { SecretString: string } | { SecretBinary: Uint8Array }) => {
      const Name = `key-${randomUUID()}`;
      await client.send(new CreateSecretCommand({ Name, ...secret }));
      return Name;
    };
    const text = await made({ SecretString: key.toString('base64') });
    expect(Buffer.from(await readSecretKey(client, text)).equals(key)).toBe(true);
    const binary = await made({ SecretBinary: key });
    expect(Buffer.from(await readSecretKey(client, binary)).equals(key)).toBe(true);
    const short = await made({ SecretString: key.subarray(1).toString('base64') });
    await expect(readSecretKey(client, short)).rejects.toThrow('must hold a key of at least 32');
    await expect(readSecretKey(client, 'none')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    client.destroy();
  });
});
