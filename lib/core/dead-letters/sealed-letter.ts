import { NONCE_BYTES, seal, unseal, type SealedBox } from '../identity/sealed-box.ts';
import type { Clock } from '../ports/clock.ts';
import type { BuriedRecord } from '../ports/dead-letters.ts';
import type { KeyVault } from '../ports/key-vault.ts';
import type { Randomness } from '../ports/randomness.ts';

/** A record as it is kept: nobody reads it without the key of its day. */
export interface SealedLetter {
  /** UTC day on which it was sealed, `2026-01-31`. */
  readonly day: string;
  readonly box: SealedBox;
}

export interface SealingDependencies {
  readonly keys: KeyVault;
  readonly random: Pick<Randomness, 'bytes'>;
  readonly clock: Clock;
}

/** A letter whose day's key is destroyed while it is still that day. */
class DayKeyDestroyedError extends Error {
  override readonly name = 'DayKeyDestroyedError';
}

/** Where a record lay; the same for every delivery of it. */
export function letterId({
  consumer,
  stream,
  shardId,
  sequenceNumber,
}: Omit<BuriedRecord, 'data' | 'reason'>): string {
  return [stream, consumer, shardId, sequenceNumber].map(encodeURIComponent).join('/');
}

/** Seals a record under the key of its day. */
export async function sealLetter(
  { keys, random, clock }: SealingDependencies,
  record: BuriedRecord,
): Promise<SealedLetter> {
  const day = dayOf(clock.now());
  const key = await keys.create(letterKeyName(day));
  if (key.kind !== 'key') throw new DayKeyDestroyedError(`The key of ${day} is ${key.kind}`);
  const data = Buffer.from(record.data).toString('base64');
  return { day, box: seal(key.key, letterId(record), data, random.bytes(NONCE_BYTES)) };
}

/** Undefined when the key of its day is destroyed. */
export async function openLetter(
  { keys }: Pick<SealingDependencies, 'keys'>,
  id: string,
  { day, box }: SealedLetter,
): Promise<Uint8Array | undefined> {
  const key = await keys.get(letterKeyName(day));
  return key.kind === 'key' ? Buffer.from(unseal(key.key, id, box) as string, 'base64') : undefined;
}

/** Of the key of a day's letters. */
export function letterKeyName(day: string): string {
  return `dead-letters/${day}`;
}

/** UTC day of a time, ms since the epoch. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
