import {
  messageOpener,
  type OpenMessage,
} from '../../../lib/core/requests/messages/signed-message.ts';
import type { DataMap } from '../../../lib/core/data-map/schema.ts';
import type { messagesEnv } from '../engine-env.ts';
import type { Env } from '../env.ts';
import { readKeys } from './secrets.ts';

/** Reads what comes on the task and events streams, and proves who sent it. */
export async function connectOpener(
  service: string,
  env: Env<typeof messagesEnv>,
  dataMap: DataMap,
): Promise<{ open: OpenMessage; messageSecret: Uint8Array }> {
  const { messageSecret } = await readKeys(service, { messageSecret: env.MESSAGE_KEY_SECRET });
  return { open: messageOpener([messageSecret], dataMap), messageSecret };
}
