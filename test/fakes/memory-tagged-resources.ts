import type { TaggedResource, TaggedResources } from '../../lib/core/ports/tagged-resources.ts';

/** Resources by ARN. */
export function memoryTaggedResources(resources: readonly TaggedResource[]): TaggedResources {
  const byArn = new Map(resources.map((resource) => [resource.arn, resource]));
  return {
    list: async function* () {
      for (const resource of [...byArn.values()]) yield await Promise.resolve(resource);
    },
    tag: (arn, tags) => {
      const found = byArn.get(arn);
      if (found === undefined) return Promise.resolve('missing');
      byArn.set(arn, { ...found, tags: { ...found.tags, ...tags } });
      return Promise.resolve('done');
    },
  };
}
