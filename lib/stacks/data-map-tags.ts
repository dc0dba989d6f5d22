import { Tags } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { resourceTags } from '../core/catalogue/resource-tags.ts';
import type { Store } from '../core/data-map/schema.ts';

/** Says on the resource itself what the data map says of it, for inventories and bills. */
export function tagFromMap(construct: IConstruct, ...stores: readonly Store[]): void {
  for (const [key, value] of Object.entries(resourceTags(stores))) {
    Tags.of(construct).add(key, value);
  }
}
