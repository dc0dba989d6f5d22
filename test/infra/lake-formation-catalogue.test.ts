import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { LakeFormationCatalogue } from '../../lib/constructs/lake-formation-catalogue.ts';

const READER = 'arn:aws:iam::111122223333:role/analyst';
const CARER = 'arn:aws:iam::111122223333:role/support';

function synthesize(): Template {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'test');
  new LakeFormationCatalogue(stack, 'Catalogue', {
    database: 'warehouse',
    columnTag: 'personal-data',
    tags: [
      { key: 'personal-data', values: ['none', 'contact', 'identifier'] },
      { key: 'data-owner', values: ['sales'] },
    ],
    tables: [
      {
        store: 'customers',
        table: 'shop.customers',
        values: { 'personal-data': 'none', 'data-owner': 'sales' },
        columns: [
          { value: 'contact', names: ['email'] },
          { value: 'identifier', names: ['id'] },
        ],
      },
    ],
    readers: [READER],
    personalReaders: [{ role: CARER, values: ['none', 'contact'] }],
  });
  return Template.fromStack(stack);
}

describe('the Lake Formation catalogue', () => {
  const template = synthesize();

  it('tags each table as a whole and each of its personal columns, after the tags exist', () => {
    const associations = template.findResources('AWS::LakeFormation::TagAssociation') as Record<
      string,
      { DependsOn: string[]; Properties: { LFTags: unknown[] } }
    >;
    expect(Object.keys(associations)).toHaveLength(3);
    const tags = Object.keys(template.findResources('AWS::LakeFormation::Tag'));
    for (const { DependsOn, Properties } of Object.values(associations)) {
      expect(DependsOn).toEqual(expect.arrayContaining(tags));
      expect(Properties.LFTags.length).toBeGreaterThan(0);
    }
    template.hasResourceProperties('AWS::LakeFormation::TagAssociation', {
      LFTags: [Match.objectLike({ TagKey: 'personal-data', TagValues: ['contact'] })],
      Resource: { TableWithColumns: { Name: 'shop.customers', ColumnNames: ['email'] } },
    });
  });

  it('lets a reader see every column but the personal ones, and grant nothing on', () => {
    template.hasResourceProperties('AWS::LakeFormation::PrincipalPermissions', {
      Principal: { DataLakePrincipalIdentifier: READER },
      Permissions: ['SELECT'],
      PermissionsWithGrantOption: [],
      Resource: {
        TableWithColumns: { ColumnWildcard: { ExcludedColumnNames: ['email', 'id'] } },
      },
    });
  });

  it('lets those who work with personal data see the values they were given, and no more', () => {
    template.hasResourceProperties('AWS::LakeFormation::PrincipalPermissions', {
      Principal: { DataLakePrincipalIdentifier: CARER },
      Resource: {
        LFTagPolicy: {
          ResourceType: 'TABLE',
          Expression: [{ TagKey: 'personal-data', TagValues: ['none', 'contact'] }],
        },
      },
    });
  });
});
