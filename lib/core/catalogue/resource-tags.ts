import type { DataMap, Store } from '../data-map/schema.ts';

/** Tags by key. */
export type ResourceTags = Readonly<Record<string, string>>;

/**
 * What a resource that holds these stores is to say of itself: what is personal, whose it is, and how
 * long it is kept. A tag's value takes letters, digits, spaces and `+ - = . _ : / @`: no commas.
 */
export function resourceTags(stores: readonly Store[]): ResourceTags {
  const held = stores.flatMap((store) => store.fields.map(({ category }) => category));
  const categories = [...new Set(held)].sort();
  const owners = [...new Set(stores.map(({ owner }) => owner))].sort();
  return {
    PersonalData: categories.length > 0 ? categories.join(' ') : 'none',
    ...(owners.length > 0 && {
      DataOwner: owners.join(' '),
      Retention: `${Math.max(...stores.map(({ retention }) => retention.days))} days`,
    }),
  };
}

/** What the warehouse is to say of itself: all tables of the data map together. */
export function tableTags({ stores }: Pick<DataMap, 'stores'>): ResourceTags {
  return resourceTags(Object.values(stores).filter(({ kind }) => kind === 'table'));
}

/** One tag that is not as it should be; without `found` it is not there. */
export interface TagDifference {
  readonly key: string;
  readonly wanted: string;
  readonly found?: string;
}

/** Which tags are missing or say something else. Others are their owner's. */
export function tagDifferences(found: ResourceTags, wanted: ResourceTags): TagDifference[] {
  return Object.entries(wanted)
    .filter(([key, value]) => found[key] !== value)
    .map(([key, value]) => ({
      ...{ key, wanted: value },
      ...(Object.hasOwn(found, key) && { found: found[key]! }),
    }));
}
