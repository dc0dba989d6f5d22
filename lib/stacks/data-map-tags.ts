import { Tags } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Store } from '../core/data-map/schema.ts';

/**
 * Says on the resource itself what the data map says of it, for inventories and bills.
 * A tag's value takes letters, digits, spaces and `+ - = . _ : / @`: no commas.
 */
export function tagFromMap(construct: IConstruct, store: Store): void {
  const categories = [...new Set(store.fields.map((field) => field.category))].sort();
  const tags = Tags.of(construct);
  tags.add('PersonalData', categories.length > 0 ? categories.join(' ') : 'none');
  tags.add('DataOwner', store.owner);
  tags.add('Retention', `${store.retention.days} days`);
}
