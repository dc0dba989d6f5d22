import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

/** Destroys every version below a prefix that is older than `lifetime` (ms). Answers how many. */
export async function expireObjects(
  { objects, clock }: { readonly objects: ObjectStore; readonly clock: Clock },
  prefix: string,
  lifetime: number,
): Promise<number> {
  let expired = 0;
  for await (const { key, versionId, lastModified } of objects.listVersions(prefix)) {
    if (lastModified + lifetime > clock.now()) continue;
    if ((await objects.deleteVersion(key, versionId)).kind === 'deleted') expired++;
  }
  return expired;
}
