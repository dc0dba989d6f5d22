import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';

import { s3ObjectStore } from '../../../lib/aws/s3-object-store.ts';
import type { ObjectSource } from '../../../lib/core/erasure/format.ts';
import type { RowOutput } from '../../../lib/core/erasure/run/row-output.ts';
import { storedSource, VersionGone } from '../../../lib/core/erasure/stored-source.ts';
import type { ObjectStore } from '../../../lib/core/ports/object-store.ts';
import { makeFolder, systemCode } from '../../../lib/local/durable-files.ts';
import { s3Place, type S3Place } from '../index/options.ts';
import { UNFINISHED } from './archive-files.ts';
import { FileOutput } from './file-output.ts';
import { renameDurably, sweepUnfinished } from './rewrite.ts';
import { UsageError } from './usage-error.ts';

/** A key that cannot be the name of a file below the output directory. Holds no key. */
class UnusableName extends Error {
  override readonly name = 'UnusableName';
}

/** Somebody else writes the same name. */
class OutputContended extends Error {
  override readonly name = 'OutputContended';
}

/** An output of a run on S3, and whether something is in it. */
export interface BucketOutput {
  readonly output: RowOutput;
  readonly isEmpty: () => Promise<boolean>;
}

/** Opens what an option names: a directory, or s3:// apart from the input. Throws {@link UsageError}. */
export async function openOutput(
  client: S3Client,
  option: string,
  text: string,
  input: S3Place,
): Promise<BucketOutput> {
  const place = s3Place(option, text);
  if (place === undefined) return directoryOutput(option, text);
  const { bucket } = place;
  const prefix = place.prefix === '' ? '' : place.prefix.replace(/\/*$/, '/');
  const isApart = !prefix.startsWith(input.prefix) && !input.prefix.startsWith(prefix);
  if (bucket === input.bucket && !isApart) {
    throw new UsageError(`${option}: ${text} overlaps the archive; choose another place`);
  }
  const objects = s3ObjectStore(client, bucket);
  return {
    output: bucketOutput(objects, prefix),
    isEmpty: async () => {
      for await (const found of objects.list(prefix)) return found.key === '';
      return true;
    },
  };
}

function bucketOutput(objects: ObjectStore, prefix: string): RowOutput {
  return {
    put: async (name, body, attributes) => {
      // Another bucket may be encrypted otherwise.
      const kept = { ...attributes };
      delete kept.encryptionKeyId;
      const { kind } = await objects.put(`${prefix}${name}`, body, kept);
      if (kind === 'changed') throw new OutputContended('others write to the output');
    },
    open: async (name) => {
      const stored = await objects.get(`${prefix}${name}`, { range: [0, 1] });
      if (stored === undefined) throw new VersionGone();
      for await (const part of stored.body) if (part.length > 0) break;
      return storedSource(objects, stored);
    },
  };
}

async function directoryOutput(option: string, text: string): Promise<BucketOutput> {
  let root: string;
  try {
    await mkdir(resolve(text), { recursive: true });
    root = await realpath(resolve(text));
  } catch (error) {
    throw new UsageError(`${option}: ${text} cannot be made (${systemCode(error) ?? 'unknown'})`);
  }
  await sweepUnfinished(root);
  return {
    isEmpty: async () => (await readdir(root)).length === 0,
    output: {
      put: async (name, body) => {
        const path = pathOf(root, name);
        if (name.endsWith('/')) return makeMarker(path, body);
        await makeFolder(dirname(path));
        const beside = `${path}${UNFINISHED}`;
        const file = new FileOutput(beside);
        try {
          for await (const part of body) await file.write(part);
          await file.finish();
        } catch (error) {
          await file.abandon();
          throw error;
        }
        await renameDurably(beside, path);
      },
      open: (name) => fileAt(pathOf(root, name)),
    },
  };
}

/** Consoles make a folder as an empty object whose key ends in a slash. */
async function makeMarker(path: string, body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const part of body) {
    if (part.length > 0) throw new UnusableName('a key that ends in a slash holds bytes');
  }
  await makeFolder(path);
}

/** Keys may hold anything: none leads out of the directory, or takes an unfinished file's name. */
function pathOf(root: string, name: string): string {
  const segments = name.replace(/\/$/, '').split('/');
  const isUsable = segments.every(
    (each) => !['', '.', '..'].includes(each) && !/[\0\\]/.test(each) && !each.endsWith(UNFINISHED),
  );
  if (!isUsable) throw new UnusableName('a key is no path below a directory');
  return join(root, ...segments);
}

/** A file that is opened for each reading and held open by none. */
async function fileAt(path: string): Promise<ObjectSource> {
  const { size } = await stat(path);
  return {
    size,
    chunks: () => createReadStream(path),
    read: async (from, to) => {
      const handle = await open(path, 'r');
      try {
        const bytes = Buffer.alloc(Math.max(0, to - from));
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
        return bytes.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
  };
}
