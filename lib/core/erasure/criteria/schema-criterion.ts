/**
 * Which Iglu schemas a criterion is about. Versions mean "at most": 1-0-1 also meets 1-0-0, and
 * 1-1-* meets revisions up to 1. `*` meets all.
 */
export interface SchemaCriterion {
  readonly vendor: string;
  readonly name: string;
  readonly format: string;
  readonly model: number | '*';
  readonly revision: number | '*';
  readonly addition: number | '*';
}

const CRITERION =
  /^iglu:([a-zA-Z0-9-_.]+)\/([a-zA-Z0-9-_]+)\/([a-zA-Z0-9-_]+)\/([1-9][0-9]*|\*)-((?:0|[1-9][0-9]*)|\*)-((?:0|[1-9][0-9]*)|\*)$/;
const SCHEMA =
  /^iglu:([a-zA-Z0-9-_.]+)\/([a-zA-Z0-9-_]+)\/([a-zA-Z0-9-_]+)\/([1-9][0-9]*)-(0|[1-9][0-9]*)-(0|[1-9][0-9]*)$/;

function versionPart(text: string): number | '*' {
  return text === '*' ? '*' : Number(text);
}

/** Reads `iglu:vendor/name/format/1-0-*`; undefined when it is none. */
export function parseSchemaCriterion(text: string): SchemaCriterion | undefined {
  const found = CRITERION.exec(text);
  if (!found) return undefined;
  return {
    vendor: found[1]!,
    name: found[2]!,
    format: found[3]!,
    model: versionPart(found[4]!),
    revision: versionPart(found[5]!),
    addition: versionPart(found[6]!),
  };
}

/** As it was written. */
export function printSchemaCriterion(criterion: SchemaCriterion): string {
  const { vendor, name, format, model, revision, addition } = criterion;
  return `iglu:${vendor}/${name}/${format}/${model}-${revision}-${addition}`;
}

/** Whether a datum's schema, `iglu:vendor/name/format/1-0-0`, meets the criterion. */
export function meetsSchema(criterion: SchemaCriterion, schema: string): boolean {
  const found = SCHEMA.exec(schema);
  if (!found) return false;
  if (found[1] !== criterion.vendor || found[2] !== criterion.name) return false;
  if (found[3] !== criterion.format) return false;
  if (criterion.model !== '*' && Number(found[4]) !== criterion.model) return false;
  const revision = Number(found[5]);
  const addition = Number(found[6]);
  if (criterion.revision !== '*') {
    if (revision > criterion.revision) return false;
    if (revision < criterion.revision) return true;
  }
  return criterion.addition === '*' || addition <= criterion.addition;
}
