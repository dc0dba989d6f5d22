import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { canonicalJson } from '../../audit/canonical-json.ts';
import type { DataMap } from '../../data-map/schema.ts';
import { messageKey, type MessageKey, type Sender } from './message-keys.ts';

/** What a stream's record holds, whether or not its signature proves who sent it. */
type OpenedMessage =
  /** Signed by whoever may say this. `content` is without the signature. */
  | { readonly kind: 'opened'; readonly content: unknown }
  /** `content` as far as it could be read: not to be obeyed. */
  | { readonly kind: 'refused'; readonly reason: Refusal; readonly content?: unknown };

type Refusal = 'malformed' | 'unsigned' | 'wrongly-signed';

/** Reads a record's bytes and proves who sent it. Never throws. */
export type OpenMessage = (data: Uint8Array) => OpenedMessage;

/** A member of the message itself, so that event filters see its other members as before. */
const signatureSchema = z.strictObject({
  alg: z.literal('HS256'),
  keyId: z.string().min(1).max(200),
  /** base64url of HMAC-SHA-256. */
  value: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

/**
 * A message as it goes on a stream: its JSON with a `signature` over the canonical JSON (RFC 8785) of
 * all other members. Any language has a library for both.
 */
export function signMessage({ keyId, key }: MessageKey, message: object): Uint8Array {
  // As it will be read: without members that JSON does not carry.
  const content = JSON.parse(JSON.stringify(message)) as Readonly<Record<string, unknown>>;
  const value = macOf(key, content).toString('base64url');
  return Buffer.from(JSON.stringify({ ...content, signature: { alg: 'HS256', keyId, value } }));
}

/**
 * Opens what the engine and the data map's services sign. An order and an executor's event must be
 * the engine's; a change event must be of the service whose store its reason names. What is nobody's
 * of these is refused as well, with its content: an ordinary change needs no signature to be passed over.
 * @param secrets The deployment's message secret, and while it is changed the one before.
 */
export function messageOpener(
  secrets: readonly Uint8Array[],
  { stores }: Pick<DataMap, 'stores'>,
): OpenMessage {
  const services = Object.entries(stores).filter(([, { kind }]) => kind === 'service');
  const senders: readonly Sender[] = [
    'engine',
    ...services.map(([name]) => `store:${name}` as const),
  ];
  const keys = new Map(
    secrets.flatMap((secret) =>
      senders.map((sender) => {
        const { keyId, key } = messageKey(secret, sender);
        return [keyId, { key, sender }] as const;
      }),
    ),
  );
  return (data) => {
    const message = parseObject(data);
    if (message === undefined) return { kind: 'refused', reason: 'malformed' };
    const { signature, ...content } = message;
    if (signature === undefined) return { kind: 'refused', reason: 'unsigned', content };
    const parsed = signatureSchema.safeParse(signature);
    const known = parsed.success ? keys.get(parsed.data.keyId) : undefined;
    const isProven =
      parsed.success &&
      known !== undefined &&
      known.sender === senderOf(content) &&
      isMac(known.key, content, parsed.data.value);
    return isProven
      ? { kind: 'opened', content }
      : { kind: 'refused', reason: 'wrongly-signed', content };
  };
}

/** Who alone may say this; undefined for what is neither an order nor an event about a task. */
function senderOf(content: Readonly<Record<string, unknown>>): Sender | undefined {
  const { kind, store, reason } = content;
  if (kind === 'task-order' || kind === 'task-event') return 'engine';
  if (typeof store !== 'string' || typeof reason !== 'string') return undefined;
  const [, task] = /^dsr:[^/]+\/([^#]+)#\d+$/.exec(reason) ?? [];
  // A service speaks for its own task, never for another's.
  return task === store ? `store:${store}` : undefined;
}

function isMac(key: Uint8Array, content: object, value: string): boolean {
  try {
    return timingSafeEqual(macOf(key, content), Buffer.from(value, 'base64url'));
  } catch {
    // No canonical writing: numbers beyond a double, nesting beyond the stack.
    return false;
  }
}

function macOf(key: Uint8Array, content: object): Buffer {
  return createHmac('sha256', key)
    .update('lethe-message/1\n')
    .update(canonicalJson(content))
    .digest();
}

function parseObject(data: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(data).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
