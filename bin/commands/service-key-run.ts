import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageKey } from '../../lib/core/requests/messages/message-keys.ts';
import { dataMap } from '../../lib/data-map.ts';
import { openFileKeyVault } from '../../lib/local/file-key-vault.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface ServiceKeyOptions {
  directory: string;
  /** base64. @default the local target's */
  secret: string | undefined;
}

const LEAST_BYTES = 32;

/** Prints key id and key as JSON. Answers the exit code. */
export async function runServiceKey(
  terminal: Terminal,
  store: string,
  options: ServiceKeyOptions,
): Promise<number> {
  if (dataMap.stores[store]?.kind !== 'service') {
    terminal.note(`The data map has no store "${store}" of kind service; see lib/data-map.ts.`);
    return 2;
  }
  const secret = await readSecret(options);
  if (secret === undefined || secret.byteLength < LEAST_BYTES) {
    terminal.note(
      secret === undefined
        ? `Nothing has been served from ${options.directory}: name its --directory, or set LETHE_MESSAGE_SECRET.`
        : `LETHE_MESSAGE_SECRET must hold at least ${LEAST_BYTES} bytes as base64.`,
    );
    return 2;
  }
  const { keyId, key } = messageKey(secret, `store:${store}`);
  terminal.json({ alg: 'HS256', keyId, key: Buffer.from(key).toString('base64') });
  return 0;
}

async function readSecret({ directory, secret }: ServiceKeyOptions) {
  if (secret !== undefined) return Buffer.from(secret, 'base64');
  const folder = join(resolve(directory), 'requests', 'keys');
  if (!existsSync(folder)) return undefined;
  const keys = await openFileKeyVault(folder);
  const outcome = await keys.get('deployment/messages');
  return outcome.kind === 'key' ? outcome.key : undefined;
}
