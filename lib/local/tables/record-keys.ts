import { createHmac, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { PRIVATE_FILE } from '../durable-files.ts';
import type { Tables } from './open-tables.ts';

/** AES-256, and HMAC-SHA256 alike. */
const KEY_BYTES = 32;
/** The first slot holds the key of the index, which lives as long as the tables. */
const INDEX_SLOT = 0;

/**
 * A key for every record, in a file beside the tables. LMDB never writes over what it deletes: the
 * bytes stay in free pages until these are needed again. So no record stands there in clear, and its
 * erasure writes zeros over its key, in place; whatever copies are left can't be read any more.
 * (A disk that doesn't write in place keeps old blocks of its own; see the note on file-key-vault.)
 */
export interface RecordKeys {
  /** Within a transaction: a key of its own for each new record; on the disk when it answers. */
  issue(count: number): readonly { readonly slot: number; readonly key: Uint8Array }[];
  /** Undefined once it is destroyed. */
  read(slot: number): Uint8Array | undefined;
  /** Within a transaction: these are to be destroyed once it is through. */
  doom(slots: readonly number[]): void;
  /** Destroys what was doomed, now or before a crash. */
  destroyDoomed(): void;
  /** A keyed hash: what a table's key says of a value that must not stand there. */
  hash(text: string): string;
}

export function openRecordKeys(tables: Tables): RecordKeys {
  const counters = tables.table<number, string>('counters');
  const doomed = tables.table<true, number>('record-keys-doomed');
  const free = tables.table<true, number>('record-keys-free');
  const file = openKeyFile(join(tables.directory, 'record-keys.bin'));

  tables.onClose(() => closeSync(file));

  const write = (slot: number, key: Uint8Array): void => {
    writeSync(file, key, 0, KEY_BYTES, slot * KEY_BYTES);
  };
  const read = (slot: number): Uint8Array | undefined => {
    const key = new Uint8Array(KEY_BYTES);
    readSync(file, key, 0, KEY_BYTES, slot * KEY_BYTES);
    return key.some((byte) => byte !== 0) ? key : undefined;
  };
  // Every slot is written and zeroed under the tables' one write lock, so that no process zeroes what
  // another has just issued anew.
  const nextSlot = (): number => {
    for (const slot of free.getKeys({ limit: 1 })) {
      free.removeSync(slot);
      return slot;
    }
    const slot = (counters.get('record-keys') ?? INDEX_SLOT) + 1;
    counters.putSync('record-keys', slot);
    return slot;
  };
  const destroyDoomed = (): void => {
    if (doomed.getKeysCount({ limit: 1 }) === 0) return;
    tables.transact(() => {
      const slots = [...doomed.getKeys()];
      for (const slot of slots) write(slot, new Uint8Array(KEY_BYTES));
      fsyncSync(file);
      for (const slot of slots) {
        doomed.removeSync(slot);
        free.putSync(slot, true);
      }
    });
  };

  const indexKey = tables.transact(() => {
    const known = read(INDEX_SLOT);
    if (known !== undefined) return known;
    const made = randomBytes(KEY_BYTES);
    write(INDEX_SLOT, made);
    fsyncSync(file);
    return made;
  });
  destroyDoomed();

  return {
    issue: (count) => {
      const issued = Array.from({ length: count }, () => ({
        slot: nextSlot(),
        key: randomBytes(KEY_BYTES),
      }));
      for (const { slot, key } of issued) write(slot, key);
      if (count > 0) fsyncSync(file);
      return issued;
    },
    read,
    doom: (slots) => {
      for (const slot of slots) doomed.putSync(slot, true);
    },
    destroyDoomed,
    hash: (text) => createHmac('sha256', indexKey).update(text).digest('base64url'),
  };
}

/** Made if need be, never truncated; 'a+' would write at the end whatever the position. */
function openKeyFile(path: string): number {
  try {
    return openSync(path, 'wx+', PRIVATE_FILE);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return openSync(path, 'r+');
  }
}
