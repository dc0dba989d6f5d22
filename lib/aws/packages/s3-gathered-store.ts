import type { S3Client } from '@aws-sdk/client-s3';
import { NONCE_BYTES, seal, unseal, type SealedBox } from '../../core/identity/sealed-box.ts';
import { requestKeyName } from '../../core/identity/subject-boxes.ts';
import type { GatheredStore } from '../../core/ports/gathered-store.ts';
import type { KeyVault } from '../../core/ports/key-vault.ts';
import type { ObjectStore, StoredObject } from '../../core/ports/object-store.ts';
import type { Randomness } from '../../core/ports/randomness.ts';
import type { GatheredData } from '../../core/ports/services.ts';
import { s3ObjectStore } from '../s3-object-store.ts';

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

/** The port GatheredStore in an S3 bucket, each entry sealed under its request's key. */
export function s3GatheredStore(
  client: S3Client,
  bucket: string,
  options: GatheredOptions,
): GatheredStore {
  return objectGatheredStore(s3ObjectStore(client, bucket), options);
}

function objectGatheredStore(
  objects: ObjectStore,
  { keys, random }: GatheredOptions,
): GatheredStore {
  return {
    put: async (dsrId, taskId, attempt, data) => {
      const key = await keys.get(requestKeyName(dsrId));
      // The request was closed meanwhile: what comes late is wanted no more.
      if (key.kind === 'destroyed') return;
      if (key.kind === 'missing') throw new RequestKeyMissingError('The request has no key.');
      const name = keyOf(dsrId, taskId);
      const box = seal(key.key, name, data, random.bytes(NONCE_BYTES));
      const entry: Entry = { attempt, box };
      for (let race = 0; race < MOST_RACES; race++) {
        const known = await objects.get(name);
        if (known !== undefined && (await readEntry(known)).attempt > attempt) return;
        const { kind } = await objects.put(name, Buffer.from(JSON.stringify(entry)), {
          contentType: 'application/json',
          ...(known === undefined ? { ifAbsent: true } : { ifMatch: known.etag }),
        });
        if (kind === 'stored') return;
      }
      throw new GatheredContentionError('Gathered data could not be stored; deliver again.');
    },
    async *list(dsrId) {
      const key = await keys.get(requestKeyName(dsrId));
      if (key.kind !== 'key') return;
      const prefix = prefixOf(dsrId);
      for await (const { key: name } of objects.list(prefix)) {
        const found = await objects.get(name);
        if (found === undefined) continue;
        const { box } = await readEntry(found);
        const taskId = decodeURIComponent(name.slice(prefix.length));
        yield { taskId, data: unseal(key.key, name, box) as GatheredData };
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
