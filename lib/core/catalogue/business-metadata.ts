import type { Category, DataMap } from '../data-map/schema.ts';
import { personalTables, type PersonalTable } from './personal-tables.ts';

/**
 * What Amazon DataZone's catalogue is told of the warehouse, as inputs of its API: CreateGlossary and
 * CreateGlossaryTerm, CreateFormType, CreateAsset (or CreateAssetRevision of an asset that a data
 * source has found: `externalIdentifier` tells which). No personal data: it comes from the data map.
 * Terms stand by name; the caller puts DataZone's ids in their places, since those exist only there.
 */
export interface BusinessMetadata {
  readonly glossary: {
    readonly name: string;
    readonly description: string;
    readonly terms: readonly { readonly name: string; readonly shortDescription: string }[];
  };
  readonly formType: { readonly name: string; readonly model: { readonly smithy: string } };
  readonly assets: readonly {
    readonly name: string;
    readonly description: string;
    readonly externalIdentifier: string;
    readonly glossaryTerms: readonly string[];
    readonly formsInput: readonly FormInput[];
  }[];
}

/** `content` is JSON text, as the API wants it. */
interface FormInput {
  readonly formName: string;
  readonly typeIdentifier: string;
  readonly content: string;
}

const GLOSSARY = 'Personal data';
const FORM = 'PersonalDataForm';

const MEANING: Readonly<Record<Category, string>> = {
  name: 'Names of people',
  contact: 'Mail addresses, phone numbers and other ways to reach a person',
  'birth-date': 'Dates of birth',
  'national-id': 'Numbers that a state gives to a person',
  gender: 'Gender',
  account: 'Names and numbers of accounts',
  'online-identifier': 'Identifiers of devices and browsers',
  'network-address': 'Network addresses',
  location: 'Where a person is or lives',
  financial: 'Payments, prices and balances of a person',
  health: 'Health of a person (GDPR Art. 9)',
  behaviour: 'What a person did or bought',
  'free-text': 'Text in which anything may stand',
};

/** Source of the model's language: DataZone API reference, CreateFormType (Smithy). */
const SMITHY = `structure ${FORM} {
  @required
  dataOwner: String
  @required
  retentionDays: Integer
  @required
  legalBasis: String
  @required
  store: String
}`;

/** The catalogue entries of all tables of the data map. */
export function businessMetadata(dataMap: DataMap): BusinessMetadata {
  const tables = personalTables(dataMap);
  const used = new Set(tables.flatMap(categoriesOf));
  return {
    glossary: {
      name: GLOSSARY,
      description: 'What columns say of data subjects; made from the data map.',
      terms: [...used].sort().map((name) => ({ name, shortDescription: MEANING[name] })),
    },
    formType: { name: FORM, model: { smithy: SMITHY } },
    assets: tables.map((table) => ({
      name: `${table.schema}.${table.table}`,
      description: table.description,
      externalIdentifier: `${table.schema}/${table.table}`,
      glossaryTerms: categoriesOf(table),
      formsInput: [personalDataForm(table), columnForm(table, dataMap)],
    })),
  };
}

function categoriesOf({ columns }: PersonalTable): Category[] {
  return [...new Set(columns.flatMap(({ categories }) => categories))].sort();
}

function personalDataForm({ owner, retentionDays, legalBasis, store }: PersonalTable): FormInput {
  const content = { dataOwner: owner, retentionDays, legalBasis, store };
  return { formName: FORM, typeIdentifier: FORM, content: JSON.stringify(content) };
}

function columnForm({ columns }: PersonalTable, { identifiers }: DataMap): FormInput {
  const columnsBusinessMetadata = columns.map(({ name, categories, identifier }) => ({
    columnIdentifier: name,
    name,
    description:
      identifier === undefined
        ? 'Personal data'
        : `Identifies the data subject: ${identifiers[identifier]?.description ?? identifier}`,
    glossaryTerms: categories,
  }));
  return {
    formName: 'ColumnBusinessMetadataForm',
    typeIdentifier: 'amazon.datazone.ColumnBusinessMetadataFormType',
    content: JSON.stringify({ columnsBusinessMetadata }),
  };
}
