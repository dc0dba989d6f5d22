import { createHash, timingSafeEqual } from 'node:crypto';
import type { Agent, AgentDirectory } from '../../core/ports/agent-directory.ts';

/** An API key reads `lethe_<key id>_<secret>`: 16 hex digits, 43 characters of base64url (256 bit). */
const KEY = /^lethe_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

/** Makes a key from fresh random bytes: the key for the agent, the record's parts for the directory. */
export function mintAgentKey(randomBytes: (size: number) => Uint8Array): {
  apiKey: string;
  keyId: string;
  secretHash: string;
} {
  const keyId = Buffer.from(randomBytes(8)).toString('hex');
  const secret = Buffer.from(randomBytes(32)).toString('base64url');
  return { apiKey: `lethe_${keyId}_${secret}`, keyId, secretHash: hash(secret).toString('hex') };
}

/** The agent that holds this key, or undefined. Takes the same time whatever part is wrong. */
export async function authenticateAgent(
  directory: AgentDirectory,
  apiKey: string,
  now: number,
): Promise<Agent | undefined> {
  const [, keyId, secret] = KEY.exec(apiKey) ?? [];
  if (keyId === undefined || secret === undefined) return undefined;
  const record = await directory.byKeyId(keyId);
  const expected = Buffer.from(record?.secretHash ?? '', 'hex');
  const given = hash(secret);
  const matches = timingSafeEqual(given, expected.length === 32 ? expected : Buffer.alloc(32));
  if (record === undefined || expected.length !== 32 || !matches) return undefined;
  if (record.revokedAt !== undefined && record.revokedAt <= now) return undefined;
  const { agentId, controllerId, vouches } = record;
  return { kind: 'agent', agentId, controllerId, vouches };
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
