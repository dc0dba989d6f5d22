import { createHash } from 'node:crypto';
import { NONCE_BYTES, seal, unseal, type SealedBox } from '../../identity/sealed-box.ts';
import type { KeyVault } from '../../ports/key-vault.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Randomness } from '../../ports/randomness.ts';
import type { ErasureOrder } from './erasure-order.ts';

/**
 * What was flagged or deleted, kept OUTSIDE the warehouse for as long as a backup may still hold the
 * rows: a restored warehouse has forgotten whom it forgot. The keys are sealed; each day of expiry has
 * a vault key of its own, and when that is destroyed nothing of the day can be read again.
 */
export interface ErasureLedger {
  /** Before anything is flagged. Twice is once. */
  put(order: ErasureOrder, expiresAt: number): Promise<void>;
  /** After an undo: nobody is forgotten by it any more. */
  remove(taskKey: string): Promise<void>;
  /** All that a restored warehouse must be told again. */
  entries(): AsyncIterable<ErasureOrder>;
  /** Destroys what no backup can hold any more. Answers how many entries. */
  expire(now: number): Promise<number>;
}

export interface ErasureLedgerOptions {
  readonly objects: ObjectStore;
  readonly keys: KeyVault;
  readonly random: Pick<Randomness, 'bytes'>;
}

const PREFIX = 'erasure-ledger/';

/** A ledger entry that does not open: its key is gone, though its day has not come. */
class LedgerError extends Error {
  override readonly name = 'LedgerError';
}

export function erasureLedger({ objects, keys, random }: ErasureLedgerOptions): ErasureLedger {
  const removeObject = async (name: string): Promise<void> => {
    for await (const version of objects.listVersions(name)) {
      await objects.deleteVersion(version.key, version.versionId);
    }
  };
  return {
    put: async (order, expiresAt) => {
      const day = dayOf(expiresAt);
      const key = await keys.create(keyName(day));
      if (key.kind !== 'key') throw new LedgerError(`The ledger's key of ${day} is ${key.kind}.`);
      const box = seal(key.key, `ledger/${day}`, order, random.bytes(NONCE_BYTES));
      await objects.put(objectName(day, order.taskKey), Buffer.from(JSON.stringify(box)), {
        contentType: 'application/json',
      });
    },
    remove: async (taskKey) => {
      const end = objectName('', taskKey);
      for await (const { key } of objects.list(PREFIX)) {
        if (key.endsWith(end.slice(PREFIX.length))) await removeObject(key);
      }
    },
    entries: async function* () {
      for await (const { key: name } of objects.list(PREFIX)) {
        const stored = await objects.get(name);
        if (stored === undefined) continue;
        const day = dayIn(name);
        const key = await keys.get(keyName(day));
        if (key.kind === 'destroyed') continue;
        if (key.kind !== 'key') throw new LedgerError(`The ledger's key of ${day} is missing.`);
        const chunks: Uint8Array[] = [];
        for await (const chunk of stored.body) chunks.push(chunk);
        const box = JSON.parse(Buffer.concat(chunks).toString()) as SealedBox;
        // The box authenticates itself: what opens is what was put.
        yield unseal(key.key, `ledger/${day}`, box) as ErasureOrder;
      }
    },
    expire: async (now) => {
      let count = 0;
      for await (const { key: name } of objects.list(PREFIX)) {
        if (dayIn(name) >= dayOf(now)) continue;
        await keys.destroy(keyName(dayIn(name)));
        await removeObject(name);
        count += 1;
      }
      return count;
    },
  };
}

function objectName(day: string, taskKey: string): string {
  return `${PREFIX}${day}/${createHash('sha256').update(taskKey).digest('hex')}.json`;
}

function dayIn(name: string): string {
  return name.slice(PREFIX.length, PREFIX.length + 10);
}

function keyName(day: string): string {
  return `warehouse-ledger/${day}`;
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
