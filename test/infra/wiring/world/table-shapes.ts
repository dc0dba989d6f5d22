import type { DeployedStacks } from '../intrinsics.ts';

/** Attributes of a key: the partition's, and where there is one the sort key's. */
export interface KeyShape {
  readonly partition: string;
  readonly sort: string | undefined;
}

export interface TableShape {
  readonly key: KeyShape;
  readonly indexes: ReadonlyMap<string, KeyShape>;
}

interface KeySchema {
  readonly KeySchema: readonly { AttributeName: string; KeyType: string }[];
}

/** The keys of all tables, by the table's name. */
export function tableShapes(deployed: DeployedStacks): ReadonlyMap<string, TableShape> {
  return new Map(
    deployed.resourcesOf('AWS::DynamoDB::Table').map(({ arn, properties }) => {
      const { GlobalSecondaryIndexes: indexes = [], ...table } =
        properties as unknown as KeySchema & {
          GlobalSecondaryIndexes?: (KeySchema & { IndexName: string })[];
        };
      const shapes = indexes.map((index) => [index.IndexName, keyShape(index)] as const);
      return [arn().split('/').at(-1)!, { key: keyShape(table), indexes: new Map(shapes) }];
    }),
  );
}

function keyShape({ KeySchema: attributes }: KeySchema): KeyShape {
  const nameOf = (type: string): string | undefined =>
    attributes.find(({ KeyType }) => KeyType === type)?.AttributeName;
  return { partition: nameOf('HASH')!, sort: nameOf('RANGE') };
}
