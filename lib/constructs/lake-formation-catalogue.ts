import { Aws } from 'aws-cdk-lib';
import {
  CfnPrincipalPermissions,
  CfnTag,
  CfnTagAssociation,
  type CfnTagAssociation as Association,
} from 'aws-cdk-lib/aws-lakeformation';
import { Construct } from 'constructs';

export interface LakeFormationCatalogueProps {
  /** Database of the Glue Data Catalog under which the warehouse's data share is registered. */
  readonly database: string;
  readonly tags: readonly { readonly key: string; readonly values: readonly string[] }[];
  readonly tables: readonly {
    /** Names the constructs of this table. */
    readonly store: string;
    /** As the catalogue names it. */
    readonly table: string;
    readonly values: Readonly<Record<string, string>>;
    /** Columns by their value of `columnTag`. */
    readonly columns: readonly { readonly value: string; readonly names: readonly string[] }[];
  }[];
  /** Key of the tag that columns carry. */
  readonly columnTag: string;
  /** Role ARNs that may read every column that says nothing of a person. @default none */
  readonly readers?: readonly string[];
  /**
   * Role ARNs that may read columns with these values of the tag as well, in whatever table: those
   * who work with such data. @default none
   */
  readonly personalReaders?: readonly {
    readonly role: string;
    readonly values: readonly string[];
  }[];
}

/**
 * LF-tags on the warehouse's tables and columns, and who may read which. The roles under which
 * CloudFormation runs must be a Lake Formation administrator: nobody else may make LF-tags.
 */
export class LakeFormationCatalogue extends Construct {
  constructor(scope: Construct, id: string, props: LakeFormationCatalogueProps) {
    super(scope, id);
    const { database, columnTag, tables, readers = [], personalReaders = [] } = props;
    const catalogId = Aws.ACCOUNT_ID;
    const tags = props.tags.map(
      ({ key, values }) =>
        new CfnTag(this, `Tag-${key}`, { catalogId, tagKey: key, tagValues: [...values] }),
    );
    const associate = (
      name: string,
      resource: Association.ResourceProperty,
      values: Readonly<Record<string, string>>,
      after: readonly Construct[] = [],
    ): CfnTagAssociation => {
      const lfTags = Object.entries(values).map(([tagKey, value]) => ({
        ...{ catalogId, tagKey, tagValues: [value] },
      }));
      const association = new CfnTagAssociation(this, name, { resource, lfTags });
      association.node.addDependency(...tags, ...after);
      return association;
    };

    for (const { store, table: name, values, columns } of tables) {
      const table = { catalogId, databaseName: database, name };
      const onTable = associate(`Table-${store}`, { table }, values);
      for (const { value, names } of columns) {
        const tableWithColumns = { ...table, columnNames: [...names] };
        // After the table's: a column keeps what it is given over what it inherits.
        associate(`Columns-${store}-${value}`, { tableWithColumns }, { [columnTag]: value }, [
          onTable,
        ]);
      }
      for (const [at, role] of readers.entries()) {
        const personal = columns.flatMap(({ names }) => names);
        new CfnPrincipalPermissions(this, `Reader-${store}-${at}`, {
          principal: { dataLakePrincipalIdentifier: role },
          permissions: ['SELECT'],
          permissionsWithGrantOption: [],
          resource: {
            tableWithColumns: { ...table, columnWildcard: { excludedColumnNames: personal } },
          },
        });
      }
    }
    for (const [at, { role, values }] of personalReaders.entries()) {
      const permissions = new CfnPrincipalPermissions(this, `PersonalReader-${at}`, {
        principal: { dataLakePrincipalIdentifier: role },
        permissions: ['SELECT'],
        permissionsWithGrantOption: [],
        resource: {
          lfTagPolicy: {
            catalogId,
            resourceType: 'TABLE',
            expression: [{ tagKey: columnTag, tagValues: [...values] }],
          },
        },
      });
      permissions.node.addDependency(...tags);
    }
  }
}
