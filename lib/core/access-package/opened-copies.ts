import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Randomness } from '../ports/randomness.ts';
import { openPackage, type PackagerDependencies } from './packager.ts';

export interface OpenedCopyDependencies extends Pick<PackagerDependencies, 'objects' | 'keys'> {
  readonly random: Pick<Randomness, 'bytes'>;
}

export type OpenedPackage =
  | { readonly kind: 'stream'; readonly zip: AsyncIterable<Uint8Array> }
  /** Too large for an answer: it lies open under this name for a while. */
  | { readonly kind: 'copy'; readonly key: string };

const PREFIX = 'opened/';
const NAME_BYTES = 24;
/** How long an opened copy lies there at least, ms: long enough to begin its download. */
const COPY_LIFETIME = 60 * 60 * 1_000;

/**
 * Opens a package for its data subject. One that an answer can hold is opened on its way out; a larger
 * one is opened into a copy that nobody can guess the name of, and that lies there for an hour.
 * @param limit largest package that goes into an answer, in bytes
 * @returns undefined once the package is gone
 */
export async function openForDownload(
  { random, ...deps }: OpenedCopyDependencies,
  dsrId: string,
  reference: string,
  limit: number,
): Promise<OpenedPackage | undefined> {
  const size = await sizeOf(deps.objects, reference);
  if (size === undefined) return undefined;
  const zip = await openPackage(deps, dsrId, reference);
  if (zip === undefined) return undefined;
  if (size <= limit) return { kind: 'stream', zip };
  const key = `${PREFIX}${Buffer.from(random.bytes(NAME_BYTES)).toString('hex')}.zip`;
  await deps.objects.put(key, zip, { contentType: 'application/zip', ifAbsent: true });
  return { kind: 'copy', key };
}

/** Takes away opened copies whose hour is over, every version. Answers how many. */
export async function expireCopies({
  objects,
  clock,
}: {
  readonly objects: Pick<ObjectStore, 'listVersions' | 'deleteVersion'>;
  readonly clock: Clock;
}): Promise<number> {
  let expired = 0;
  for await (const { key, versionId, lastModified } of objects.listVersions(PREFIX)) {
    if (lastModified + COPY_LIFETIME > clock.now()) continue;
    await objects.deleteVersion(key, versionId);
    expired += 1;
  }
  return expired;
}

/** What is sealed is a little larger than what it holds. */
async function sizeOf(
  objects: Pick<ObjectStore, 'list'>,
  reference: string,
): Promise<number | undefined> {
  for await (const { key, size } of objects.list(reference)) {
    if (key === reference) return size;
  }
  return undefined;
}
