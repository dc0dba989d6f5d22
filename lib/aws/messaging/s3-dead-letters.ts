import type { S3Client } from '@aws-sdk/client-s3';
import {
  letterId,
  openLetter,
  sealLetter,
  type SealedLetter,
  type SealingDependencies,
} from '../../core/dead-letters/sealed-letter.ts';
import {
  LETTER_STREAMS,
  type DeadLetter,
  type DeadLetters,
  type LetterFilter,
} from '../../core/ports/dead-letters.ts';
import type { ObjectStore } from '../../core/ports/object-store.ts';
import { s3ObjectStore } from '../s3-object-store.ts';

const PREFIX = 'letters/';

/**
 * The port DeadLetters in an S3 bucket: an object per letter, whose key says where the record lay and
 * why, so that a listing tells all there is to tell. Give the bucket a lifecycle rule that deletes
 * below `letters/` some days after LETTER_DAYS.
 */
export function s3DeadLetters(
  client: S3Client,
  bucket: string,
  sealing: SealingDependencies,
): DeadLetters {
  return objectDeadLetters(s3ObjectStore(client, bucket), sealing);
}

function objectDeadLetters(objects: ObjectStore, sealing: SealingDependencies): DeadLetters {
  return {
    add: async (record) => {
      const sealed = await sealLetter(sealing, record);
      const id = letterId(record);
      await objects.put(keyOf(id, record.reason), Buffer.from(JSON.stringify(sealed)), {
        contentType: 'application/json',
        ifAbsent: true,
      });
    },
    list: (filter = {}) => listLetters(objects, filter),
    open: async ({ id, reason }) => {
      const found = await objects.get(keyOf(id, reason));
      if (found === undefined) return undefined;
      const chunks: Uint8Array[] = [];
      for await (const chunk of found.body) chunks.push(chunk);
      const sealed = JSON.parse(Buffer.concat(chunks).toString('utf8')) as SealedLetter;
      return openLetter(sealing, id, sealed);
    },
    remove: async ({ id, reason }) => {
      const key = keyOf(id, reason);
      for await (const version of objects.listVersions(key)) {
        // A listing tells what begins with the key, too.
        if (version.key === key) await objects.deleteVersion(key, version.versionId);
      }
    },
  };
}

/** By stream and consumer first, so that a filter by consumer lists no more than its letters. */
function keyOf(id: string, reason: string): string {
  return `${PREFIX}${id}/${encodeURIComponent(reason)}`;
}

async function* listLetters(
  objects: ObjectStore,
  { consumer, reason }: LetterFilter,
): AsyncGenerator<DeadLetter> {
  const below = LETTER_STREAMS.map((stream) =>
    consumer === undefined
      ? `${PREFIX}${stream}/`
      : `${PREFIX}${stream}/${encodeURIComponent(consumer)}/`,
  );
  for (const prefix of below) {
    for await (const { key, lastModified } of objects.list(prefix)) {
      const letter = letterAt(key, lastModified);
      if (letter !== undefined && (reason === undefined || letter.reason === reason)) yield letter;
    }
  }
}

/** Undefined for an object that somebody else has put there. */
function letterAt(key: string, at: number): DeadLetter | undefined {
  const parts = key.slice(PREFIX.length).split('/').map(decodeURIComponent);
  const [name, consumer, shardId, sequenceNumber, reason] = parts;
  const stream = LETTER_STREAMS.find((known) => known === name);
  if (stream === undefined || consumer === undefined || shardId === undefined) return undefined;
  if (sequenceNumber === undefined || reason === undefined) return undefined;
  const place = { consumer, stream, shardId, sequenceNumber };
  return { id: letterId(place), ...place, reason, at };
}
