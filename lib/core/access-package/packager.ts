import type { DataMap } from '../data-map/schema.ts';
import type { Clock } from '../ports/clock.ts';
import { GatheredDataError } from '../ports/fetch-gathered.ts';
import type { GatheredStore } from '../ports/gathered-store.ts';
import type { KeyVault } from '../ports/key-vault.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Packager, PackageOutcome } from '../ports/packager.ts';
import type { Randomness } from '../ports/randomness.ts';
import type { DsrRequest } from '../requests/model/request.ts';
import { gatheredSections } from './gathered-sections.ts';
import { packageZip } from './package-files.ts';
import { openStream, SALT_BYTES, sealStream } from './sealed-stream.ts';

export interface PackagerDependencies {
  gathered: GatheredStore;
  objects: ObjectStore;
  keys: KeyVault;
  random: Randomness;
  clock: Clock;
  dataMap: DataMap;
  /** How long a package can be fetched. In milliseconds. */
  lifetime: number;
}

/** Where sealed packages lie in the object store. */
const PREFIX = 'packages/';
const SUFFIX = '.zip.sealed';

/**
 * Builds packages and seals them at rest, each under a key of its own that outlives the request's and
 * is destroyed with the package. A package that is there already is not built again, so that a
 * repeated build neither changes what the subject downloads nor lengthens its life.
 */
export function sealedPackager(deps: PackagerDependencies): Packager {
  return {
    build: async (request: DsrRequest): Promise<PackageOutcome> => {
      const { dsrId, type, receivedAt } = request;
      const reference = `${PREFIX}${dsrId}${SUFFIX}`;
      const key = await deps.keys.create(keyName(dsrId));
      if (key.kind !== 'key') return { kind: 'failed', code: `package-key-${key.kind}` };
      const sections = () => gatheredSections(deps.gathered, deps.dataMap, dsrId);
      const salt = deps.random.bytes(SALT_BYTES);
      const zip = packageZip({ dsrId, type, receivedAt, sections });
      try {
        await deps.objects.put(reference, sealStream(key.key, salt, reference, zip), {
          contentType: 'application/octet-stream',
          ifAbsent: true,
        });
      } catch (error) {
        if (error instanceof GatheredDataError) return { kind: 'failed', code: 'gathered-data' };
        throw error;
      }
      for await (const { key: stored, lastModified } of deps.objects.list(reference)) {
        if (stored === reference) {
          return { kind: 'built', reference, expiresAt: lastModified + deps.lifetime };
        }
      }
      return { kind: 'failed', code: 'package-missing' };
    },
  };
}

/** The zip of a package, opened while it is read; undefined once it is gone. */
export async function openPackage(
  { objects, keys }: Pick<PackagerDependencies, 'objects' | 'keys'>,
  dsrId: string,
  reference: string,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const key = await keys.get(keyName(dsrId));
  if (key.kind !== 'key') return undefined;
  const sealed = await objects.get(reference);
  return sealed === undefined ? undefined : openStream(key.key, reference, sealed.body);
}

/**
 * Takes away packages whose time is over: first the key, so that what a copy elsewhere still holds
 * can never be read, then every version. Answers how many.
 */
export async function expirePackages(
  deps: Pick<PackagerDependencies, 'objects' | 'keys' | 'clock' | 'lifetime'>,
): Promise<number> {
  let expired = 0;
  for await (const version of deps.objects.listVersions(PREFIX)) {
    if (version.lastModified + deps.lifetime > deps.clock.now()) continue;
    const dsrId = version.key.slice(PREFIX.length, -SUFFIX.length);
    await deps.keys.destroy(keyName(dsrId));
    await deps.objects.deleteVersion(version.key, version.versionId);
    expired++;
  }
  return expired;
}

function keyName(dsrId: string): string {
  return `package/${dsrId}`;
}
