import { NONCE_BYTES, seal, unseal, type SealedBox } from '../identity/sealed-box.ts';
import { requestKeyName } from '../identity/subject-boxes.ts';
import { GatheredDataError } from '../ports/fetch-gathered.ts';
import type { GatheredRows, GatheredStore } from '../ports/gathered-store.ts';
import type { KeyVault } from '../ports/key-vault.ts';
import type { ObjectStore, StoredObject } from '../ports/object-store.ts';
import type { Randomness } from '../ports/randomness.ts';
import { openStream, SALT_BYTES, sealStream } from './sealed-stream.ts';

/** What an entry's box holds: few records, or where many are. */
type Contents =
  Extract<GatheredRows, { kind: 'records' }> | { readonly kind: 'lines'; readonly key: string };

interface Entry {
  readonly attempt: number;
  readonly box: SealedBox;
}

export interface GatheredOptions {
  readonly keys: KeyVault;
  readonly random: Pick<Randomness, 'bytes'>;
}

/** Gathered data of a request whose key is not there yet: nothing may be kept in clear. */
class RequestKeyMissingError extends Error {
  override readonly name = 'RequestKeyMissingError';
}

/** Writers of one task's entry that come in between; each is an attempt of its own. */
const MOST_RACES = 10;

/** The executors of one task did not leave room for this one to write. */
class GatheredContentionError extends Error {
  override readonly name = 'GatheredContentionError';
}

/**
 * The port GatheredStore over objects, each sealed under its request's key: an entry for each task, and
 * beside it the lines of a task that has many, whatever their number. Lines whose entry was never
 * written, or was replaced, go with the request.
 */
export function objectGatheredStore(
  objects: ObjectStore,
  { keys, random }: GatheredOptions,
): GatheredStore {
  async function putLines(
    key: Uint8Array,
    name: string,
    lines: AsyncIterable<Uint8Array>,
  ): Promise<Contents> {
    // Of this call alone: two that store the same attempt do not meet.
    const own = `${name}/${Buffer.from(random.bytes(16)).toString('hex')}`;
    await objects.put(own, sealStream(key, random.bytes(SALT_BYTES), own, lines), {
      contentType: 'application/octet-stream',
    });
    return { kind: 'lines', key: own };
  }

  async function putEntry(name: string, entry: Entry): Promise<void> {
    for (let race = 0; race < MOST_RACES; race++) {
      const known = await objects.get(name);
      if (known !== undefined && (await readEntry(known)).attempt > entry.attempt) return;
      const { kind } = await objects.put(name, Buffer.from(JSON.stringify(entry)), {
        contentType: 'application/json',
        ...(known === undefined ? { ifAbsent: true } : { ifMatch: known.etag }),
      });
      if (kind === 'stored') return;
    }
    throw new GatheredContentionError('Gathered data could not be stored; deliver again.');
  }

  async function rowsOf(key: Uint8Array, contents: Contents): Promise<GatheredRows> {
    if (contents.kind === 'records') return contents;
    const stored = await objects.get(contents.key);
    // A package without them would claim to be whole.
    if (stored === undefined) throw new GatheredDataError('Gathered lines are lost.');
    return { kind: 'lines', lines: openStream(key, contents.key, stored.body) };
  }

  return {
    put: async (dsrId, taskId, attempt, rows) => {
      const key = await keys.get(requestKeyName(dsrId));
      // The request was closed meanwhile: what comes late is wanted no more.
      if (key.kind === 'destroyed') return;
      if (key.kind === 'missing') throw new RequestKeyMissingError('The request has no key.');
      const name = keyOf(dsrId, taskId);
      const contents = rows.kind === 'records' ? rows : await putLines(key.key, name, rows.lines);
      const box = seal(key.key, name, contents, random.bytes(NONCE_BYTES));
      await putEntry(name, { attempt, box });
    },
    async *list(dsrId) {
      const key = await keys.get(requestKeyName(dsrId));
      if (key.kind !== 'key') return;
      const prefix = prefixOf(dsrId);
      for await (const { key: name } of objects.list(prefix)) {
        const task = name.slice(prefix.length);
        // Lines are read where their entry says so.
        const found = task.includes('/') ? undefined : await objects.get(name);
        if (found === undefined) continue;
        const { box } = await readEntry(found);
        const rows = await rowsOf(key.key, unseal(key.key, name, box) as Contents);
        yield { taskId: decodeURIComponent(task), rows };
      }
    },
    clear: async (dsrId) => {
      for await (const { key, versionId } of objects.listVersions(prefixOf(dsrId))) {
        await objects.deleteVersion(key, versionId);
      }
    },
  };
}

function prefixOf(dsrId: string): string {
  return `gathered/${encodeURIComponent(dsrId)}/`;
}

function keyOf(dsrId: string, taskId: string): string {
  return prefixOf(dsrId) + encodeURIComponent(taskId);
}

async function readEntry({ body }: StoredObject): Promise<Entry> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Entry;
}
