import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  randomUUID,
  sign,
} from 'node:crypto';
import { link, readFile, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Signer } from '../../core/ports/signer.ts';
import {
  makeFolder,
  syncFolder,
  systemCode,
  unlessMissing,
  writeNewFile,
} from '../durable-files.ts';

/** As OpenDSR's controllers expect: RSA with SHA-256 (formats, OpenDSR 2.0). */
const MODULUS_BITS = 3072;

/** The port Signer on a key in a file that only its owner reads; made when there is none. */
export async function openFileSigner(
  path: string,
): Promise<Signer & { readonly publicKeyPem: string; readonly privateKeyPem: string }> {
  await makeFolder(dirname(path));
  const privateKeyPem = (await unlessMissing(readFile(path, 'utf8'))) ?? (await makeKey(path));
  const key = createPrivateKey(privateKeyPem);
  const publicKey = createPublicKey(key);
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return {
    alg: 'RSA-SHA256',
    keyId: createHash('sha256').update(der).digest('hex').slice(0, 32),
    publicKeyPem,
    privateKeyPem,
    sign: (bytes) => Promise.resolve(sign('sha256', bytes, key)),
  };
}

/** Of two makers one wins, and both use its key. */
async function makeKey(path: string): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
  const beside = `${path}.${randomUUID()}.new`;
  await writeNewFile(beside, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  try {
    await link(beside, path);
    await syncFolder(dirname(path));
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    await unlink(beside);
  }
  return readFile(path, 'utf8');
}
