import { describe, expect, it } from 'vitest';
import type { TaggedResource, TaggedResources } from '../../lib/core/ports/tagged-resources.ts';

export interface OpenResources {
  readonly resources: TaggedResources;
  /** Of the same kind, where there is no such warehouse. */
  readonly nowhere: TaggedResources;
  /** Of a resource that is not there. */
  readonly missingArn: string;
}

/**
 * What every adapter of the port TaggedResources keeps. `open` answers a warehouse with the tag
 * `Team=data` and its snapshots `old` and `new` without any.
 */
export function taggedResourcesContract(name: string, open: () => Promise<OpenResources>): void {
  describe(`the tagged resources ${name}`, () => {
    it('are the warehouse first, and then each snapshot, with their tags', async () => {
      const { resources } = await open();
      const found = await all(resources);
      expect(found[0]!.kind).not.toBe('snapshot');
      expect(found[0]!.tags).toEqual({ Team: 'data' });
      const snapshots = found.filter(({ kind }) => kind === 'snapshot');
      expect(snapshots.map((one) => [one.name, one.tags])).toEqual([
        ['old', {}],
        ['new', {}],
      ]);
      expect(new Set(found.map(({ arn }) => arn)).size).toBe(found.length);
    });

    it('take tags one by one, twice as once, and keep what else they carry', async () => {
      const { resources } = await open();
      for (const { arn } of await all(resources)) {
        expect(await resources.tag(arn, { DataOwner: 'sales' })).toBe('done');
        expect(await resources.tag(arn, { DataOwner: 'sales' })).toBe('done');
      }
      const [warehouse, ...others] = await all(resources);
      expect(warehouse!.tags).toEqual({ Team: 'data', DataOwner: 'sales' });
      for (const { tags } of others) expect(tags).toEqual({ DataOwner: 'sales' });
    });

    it('are none where there is no such warehouse, and tag nothing that is not there', async () => {
      const { resources, nowhere, missingArn } = await open();
      expect(await all(nowhere)).toEqual([]);
      expect(await resources.tag(missingArn, { DataOwner: 'sales' })).toBe('missing');
    });
  });
}

async function all(resources: TaggedResources): Promise<TaggedResource[]> {
  const found: TaggedResource[] = [];
  for await (const resource of resources.list()) found.push(resource);
  return found;
}
