import { describe, expect, it } from 'vitest';
import { businessMetadata } from '../../../lib/core/catalogue/business-metadata.ts';
import { lakeFormationTags } from '../../../lib/core/catalogue/lake-formation-tags.ts';
import { personalTables } from '../../../lib/core/catalogue/personal-tables.ts';
import { defineDataMap } from '../../../lib/core/data-map/define-data-map.ts';
import { dataMapSchema } from '../../../lib/core/data-map/schema.ts';

const common = {
  kind: 'table',
  area: 'warehouse',
  retention: { days: 730 },
  legalBasis: 'GDPR Art. 6(1)(f), reporting',
} as const;

const dataMap = defineDataMap({
  version: 1,
  identifiers: {
    email: { description: 'Mail address', normalise: 'trim-lowercase' },
    customer_id: { description: 'Customer number', normalise: 'exact' },
  },
  stores: {
    visits: {
      ...common,
      description: 'Visits to the shop',
      owner: 'Web',
      schema: 'shop',
      table: 'visits',
      identifiers: { customer_id: 'customer_id' },
      fields: [{ path: 'pages.last', category: 'behaviour', erase: 'delete-row' }],
    },
    customers: {
      ...common,
      description: 'Customers of the shop',
      owner: 'Sales',
      schema: 'shop',
      table: 'customers',
      identifiers: { email: 'email', customer_id: 'id' },
      fields: [
        { path: 'email', category: 'contact', erase: 'null' },
        { path: 'note.text', category: 'free-text', erase: 'null' },
        { path: 'note.state', category: 'health', erase: 'null' },
      ],
    },
  },
});

describe('the tables of the data map', () => {
  it('have their personal columns, identifiers among them, each once', () => {
    const [customers, visits] = personalTables(dataMap);
    expect(customers!.columns).toEqual([
      { name: 'email', categories: ['contact'], identifier: 'email' },
      { name: 'id', categories: [], identifier: 'customer_id' },
      { name: 'note', categories: ['free-text', 'health'] },
    ]);
    // What lies inside a SUPER column is protected as that column.
    expect(visits!.columns.map(({ name }) => name)).toEqual(['customer_id', 'pages']);
  });
});

describe('the LF-tags', () => {
  const { tags, tables } = lakeFormationTags(personalTables(dataMap));

  it('give each column one value, the most sensitive of what it holds', () => {
    expect(tables[0]).toEqual({
      store: 'customers',
      table: 'shop.customers',
      values: { 'personal-data': 'none', 'data-owner': 'sales' },
      columns: [
        { value: 'contact', names: ['email'] },
        { value: 'health', names: ['note'] },
        { value: 'identifier', names: ['id'] },
      ],
    });
  });

  it('make every value that is given, in lower case, and no other', () => {
    const given = new Map<string, Set<string>>(tags.map(({ key }) => [key, new Set()]));
    for (const { values, columns } of tables) {
      for (const [key, value] of Object.entries(values)) given.get(key)!.add(value);
      for (const { value } of columns) given.get('personal-data')!.add(value);
    }
    for (const { key, values } of tags) {
      expect(new Set(values)).toEqual(given.get(key));
      for (const value of values) expect(value).toBe(value.toLowerCase());
    }
  });

  it('know an order of sensitivity for every category', () => {
    const store = dataMap.stores['visits']!;
    const shape = dataMapSchema.shape.stores.valueType.options.find(
      (option) => option.shape.kind.value === 'table',
    )!;
    const { category } = shape.shape.fields.element.shape;
    for (const one of category.options) {
      const fields = [{ path: 'x', category: one, erase: 'null' }];
      const map = defineDataMap({ ...dataMap, stores: { visits: { ...store, fields } } });
      const [table] = lakeFormationTags(personalTables(map)).tables;
      expect(table!.columns.map(({ value }) => value)).toContain(one);
    }
  });

  it('are none without tables', () => {
    expect(lakeFormationTags([])).toEqual({ tags: [], tables: [] });
  });
});

describe('the business metadata', () => {
  const metadata = businessMetadata(dataMap);

  it('have a term for each category in use, and name no other', () => {
    const terms = metadata.glossary.terms.map(({ name }) => name);
    expect(terms).toEqual(['behaviour', 'contact', 'free-text', 'health']);
    expect(metadata.glossary.terms.every(({ shortDescription }) => shortDescription !== '')).toBe(
      true,
    );
    for (const { glossaryTerms } of metadata.assets) {
      for (const term of glossaryTerms) expect(terms).toContain(term);
    }
  });

  it('say of each table who owns it, how long, and why, in the form they define', () => {
    const [customers] = metadata.assets;
    const { formType } = metadata;
    const form = customers!.formsInput.find(({ formName }) => formName === formType.name);
    const content = JSON.parse(form!.content) as Record<string, unknown>;
    expect(content).toEqual({
      ...{ dataOwner: 'Sales', retentionDays: 730, store: 'customers' },
      legalBasis: 'GDPR Art. 6(1)(f), reporting',
    });
    const members = [...formType.model.smithy.matchAll(/(\w+): /g)].map(([, name]) => name);
    expect(Object.keys(content).sort()).toEqual(members.sort());
  });

  it('keep within DataZone’s limits', () => {
    for (const { name, externalIdentifier, glossaryTerms, formsInput } of metadata.assets) {
      expect(name.length).toBeLessThanOrEqual(256);
      expect(externalIdentifier.length).toBeLessThanOrEqual(256);
      expect(glossaryTerms.length).toBeLessThanOrEqual(20);
      expect(formsInput.length).toBeLessThanOrEqual(10);
    }
    expect(metadata.formType.name).toMatch(/^(?![0-9_])\w+$/);
  });
});
