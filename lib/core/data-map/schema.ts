import * as z from 'zod';

/** What kind of personal data a field holds; printed in records of processing and tags. */
const CATEGORIES = [
  'name',
  'contact',
  'birth-date',
  'national-id',
  'gender',
  'account',
  'online-identifier',
  'network-address',
  'location',
  'financial',
  'health',
  'behaviour',
  'free-text',
] as const;

const path = z.union([z.string().min(1), z.array(z.string()).min(1)]);

/** How the stream filter makes a value unreadable. */
const redactionStrategy = z.discriminatedUnion('kind', [
  /** Puts a fixed text in its place. @default with: REDACTED_CONTENT */
  z.strictObject({ kind: z.literal('replace'), with: z.string().optional() }),
  /** Puts HMAC-SHA256 of the value in its place: same value, same hash, so that joins still work. */
  z.strictObject({ kind: z.literal('keyed-hash') }),
  /** Keeps the last characters. @default maskWith: "*" */
  z.strictObject({
    kind: z.literal('mask'),
    keepLast: z.int().min(0).max(64),
    maskWith: z.string().length(1).optional(),
  }),
  /** Makes a date or number coarser: `2011-04-22` to `2011` or `2011-04`, 37 to 30 by bucket 10. */
  z.strictObject({
    kind: z.literal('generalise'),
    to: z.union([z.enum(['year', 'month']), z.strictObject({ bucket: z.int().min(2) })]),
  }),
  /** Takes the member away, key and all. */
  z.strictObject({ kind: z.literal('drop') }),
]);

const category = z.enum(CATEGORIES);
const days = z.int().min(0).max(36_500);

const legalExemption = z.strictObject({
  /** The law that asks for it, as a receipt prints it: "GDPR Art. 17(3)(b), tax records". */
  basis: z.string().min(1),
  /** How long it must be kept, in days from the record's making. */
  retainDays: days,
});

const common = {
  description: z.string().min(1),
  /** Which executor serves it. */
  area: z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be kebab-case'),
  /** The team that answers for it; becomes the tag DataOwner. */
  owner: z.string().min(1),
  /** Where a record says whose it is: identifier name to path (or column). */
  identifiers: z.record(z.string(), path),
  retention: z.strictObject({ days, copies: z.array(z.string()).optional() }),
  /** Why the data may be processed: "GDPR Art. 6(1)(b), contract". */
  legalBasis: z.string().min(1),
  exemption: legalExemption.optional(),
  /** Stores that must be erased before this one. */
  after: z.array(z.string()).optional(),
};

const stream = z.strictObject({
  kind: z.literal('stream'),
  ...common,
  /**
   * The data subject's consent flag. Only JSON `true` is consent. Anything else redacts, unless
   * `whenMissing` relaxes a flag that is absent.
   * @default whenMissing: "redact"
   */
  consent: z.strictObject({ path, whenMissing: z.enum(['redact', 'keep']).optional() }).optional(),
  /** Keys appended to a redacted record. @default redacted: "data_redacted"; redactedAt: none */
  marks: z
    .strictObject({
      redacted: z.string().min(1).optional(),
      redactedAt: z.string().min(1).optional(),
    })
    .optional(),
  /** All fields of the event, in order, as one of its records looks; personal or not. */
  shape: z.array(z.string().min(1)).optional(),
  fields: z.array(z.strictObject({ path, category, redact: redactionStrategy })),
});

const archive = z.strictObject({
  kind: z.literal('archive'),
  ...common,
  /** Key prefix in the data store bucket. */
  prefix: z.string().regex(/^[^/].*\/$/, 'must end in "/" and not begin with one'),
  format: z.enum(['jsonl', 'snowplow', 'csv', 'parquet']),
  fields: z.array(z.strictObject({ path, category, erase: z.enum(['delete-row']) })),
});

const service = z.strictObject({
  kind: z.literal('service'),
  ...common,
  /** Whether its own change events carry the outcome (vertical) or the executor says it. */
  tracking: z.enum(['vertical', 'horizontal']),
  fields: z.array(
    z.strictObject({ path, category, erase: z.enum(['delete', 'anonymise', 'keep']) }),
  ),
});

const table = z.strictObject({
  kind: z.literal('table'),
  ...common,
  schema: z.string().min(1),
  table: z.string().min(1),
  /** Roles that see its personal columns masked, forgotten or not. @default nobody */
  maskedFor: z.array(z.string().min(1)).min(1).optional(),
  /**
   * The table that held personal and other columns together. `lethe warehouse plan` takes the personal
   * ones out of it into this one; `key` joins the two and says nothing of anybody.
   */
  splitFrom: z.strictObject({ table: z.string().min(1), key: z.string().min(1) }).optional(),
  fields: z.array(
    z.strictObject({
      path,
      category,
      erase: z.enum(['delete-row', 'null', 'mask', 'pseudonymise', 'keep']),
    }),
  ),
});

/** The data map as one writes it; see lib/data-map.ts. */
export const dataMapSchema = z.strictObject({
  version: z.literal(1),
  /** Names by which data subjects are known, and how two writings of one are made equal. */
  identifiers: z.record(
    z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be snake_case'),
    z.strictObject({
      description: z.string().min(1),
      normalise: z.enum(['exact', 'trim-lowercase', 'digits']),
    }),
  ),
  stores: z.record(
    z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be kebab-case'),
    z.discriminatedUnion('kind', [stream, archive, service, table]),
  ),
});

export type DataMap = z.infer<typeof dataMapSchema>;
export type Store = DataMap['stores'][string];
export type TableStore = Extract<Store, { kind: 'table' }>;
export type StreamStore = Extract<Store, { kind: 'stream' }>;
export type ArchiveStore = Extract<Store, { kind: 'archive' }>;
export type RedactionStrategy = z.infer<typeof redactionStrategy>;
export type Category = (typeof CATEGORIES)[number];
