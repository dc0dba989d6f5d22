import { ApiFault } from './faults.ts';
import { parseStrictJson } from './strict-json.ts';

/** Largest body taken. In bytes. */
const BODY_LIMIT = 64 * 1024;

/** Reads a request's body, giving up as soon as it is too large, whatever its headers claim. */
async function readBody(request: Request): Promise<Uint8Array> {
  const encoding = request.headers.get('content-encoding');
  if (encoding !== null && encoding.trim().toLowerCase() !== 'identity') {
    throw refuse(415, 'content-encoding', 'the body must not be compressed');
  }
  if (Number(request.headers.get('content-length') ?? 0) > BODY_LIMIT) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > BODY_LIMIT) throw tooLarge();
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** Reads a body that must be JSON, and says so. */
export async function readJson(request: Request): Promise<{ bytes: Uint8Array; value: unknown }> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type.trim())) {
    throw refuse(415, 'content-type', 'send the body as application/json in UTF-8');
  }
  const bytes = await readBody(request);
  const json = parseStrictJson(bytes);
  if (json.ok) return { bytes, value: json.value };
  const message = {
    'not-json': 'the body is no valid JSON in UTF-8',
    'too-deep': 'the body is nested too deeply',
    'duplicate-key': 'the body names a member twice in one object; which of them holds is unclear',
    'unsafe-key': 'the body has a member with a name that is not allowed',
  }[json.reason];
  throw refuse(400, json.reason, message);
}

function refuse(status: number, reason: string, message: string): ApiFault {
  return new ApiFault(status, { domain: 'Request', reason, message });
}

function tooLarge(): ApiFault {
  return refuse(413, 'too-large', `the body may hold at most ${BODY_LIMIT} bytes`);
}
