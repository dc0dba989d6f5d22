import { Tags } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Store } from '../core/data-map/schema.ts';

/**
 * Says on the resource itself what the data map says of it, for inventories and bills.
 * A tag's value takes letters, digits, spaces and `+ - = . _ : / @`: no commas.
 */
export function tagFromMap(construct: IConstruct, ...stores: readonly Store[]): void {
  const held = stores.flatMap((store) => store.fields.map(({ category }) => category));
  const categories = [...new Set(held)].sort();
  const owners = [...new Set(stores.map(({ owner }) => owner))].sort();
  const tags = Tags.of(construct);
  tags.add('PersonalData', categories.length > 0 ? categories.join(' ') : 'none');
  if (owners.length > 0) {
    tags.add('DataOwner', owners.join(' '));
    tags.add('Retention', `${Math.max(...stores.map(({ retention }) => retention.days))} days`);
  }
}
