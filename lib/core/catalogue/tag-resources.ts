import type { TaggedResource, TaggedResources } from '../ports/tagged-resources.ts';
import { tagDifferences, type ResourceTags, type TagDifference } from './resource-tags.ts';

/** A resource whose tags are not what the data map says. */
export interface MistaggedResource extends Omit<TaggedResource, 'tags'> {
  readonly differences: readonly TagDifference[];
}

/** What is there, and what of it is not tagged as the data map says; in the order of the listing. */
export async function findMistagged(
  resources: Pick<TaggedResources, 'list'>,
  wanted: ResourceTags,
): Promise<{ readonly seen: number; readonly mistagged: readonly MistaggedResource[] }> {
  const mistagged: MistaggedResource[] = [];
  let seen = 0;
  for await (const { kind, name, arn, tags } of resources.list()) {
    seen++;
    const differences = tagDifferences(tags, wanted);
    if (differences.length > 0) mistagged.push({ kind, name, arn, differences });
  }
  return { seen, mistagged };
}

/** Sets on one resource what differs. One that has gone meanwhile needs nothing. */
export async function tagAsMapped(
  resources: Pick<TaggedResources, 'tag'>,
  { arn, differences }: MistaggedResource,
): Promise<'done' | 'missing'> {
  return resources.tag(
    arn,
    Object.fromEntries(differences.map(({ key, wanted }) => [key, wanted])),
  );
}
