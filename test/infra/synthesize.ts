import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks } from 'cdk-nag';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../lib/config.ts';
import type { DataMap } from '../../lib/core/data-map/schema.ts';
import { dataMap } from '../../lib/data-map.ts';
import { compose } from '../../lib/stacks/compose.ts';

const cdkJson = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as {
  context: Record<string, unknown>;
};

/** Apps of before by their map and other options: test files of one process look at the same ones. */
const apps = new WeakMap<DataMap, Map<string, App>>();
const outdirs: string[] = [];
process.once('exit', () => {
  for (const outdir of outdirs) rmSync(outdir, { recursive: true, force: true });
});

/** The least that production asks for. */
export const PRODUCTION = {
  stage: 'production',
  'lethe:organisation': 'Gnoll Inc',
  'lethe:mail-from': 'privacy@gnoll.example',
  'lethe:warehouse': 'none',
} as const;

/** Every option that changes no more than how much is deployed. */
export const EVERYTHING = {
  'lethe:shards': 2,
  'lethe:gzip': true,
  'lethe:hive-partitions': true,
  'lethe:alarm-email': 'ops@example.org',
  'lethe:transform-reserved-concurrency': 5,
} as const;

export interface SynthesisOptions {
  /** What `-c` would bring. @default none */
  readonly context?: Readonly<Record<string, unknown>>;
  /** @default the project's own */
  readonly map?: DataMap;
  /** Whether the functions' code is bundled; if not, assets are the sources. @default false */
  readonly bundle?: boolean;
}

/** The app as bin/app.ts puts it together, with cdk.json's flags: one for the same options. */
export function composeApp(options: SynthesisOptions): App {
  const { context = {}, map = dataMap, bundle = false } = options;
  const ofMap = apps.get(map) ?? new Map<string, App>();
  apps.set(map, ofMap);
  const key = JSON.stringify([context, bundle]);
  const app = ofMap.get(key) ?? newApp(context, map, bundle);
  ofMap.set(key, app);
  return app;
}

function newApp(context: object, map: DataMap, bundle: boolean): App {
  const outdir = mkdtempSync(join(tmpdir(), 'lethe-assembly-'));
  outdirs.push(outdir);
  const app = new App({
    analyticsReporting: false,
    outdir,
    // CDK's own checks of the templates take as long as all the rest: synth.test.ts has them made.
    builtinCloudFormationValidation: false,
    context: {
      ...cdkJson.context,
      ...(bundle ? {} : { 'aws:cdk:bundling-stacks': [] }),
      // Warnings stay in the assembly; nobody reads them on the terminal.
      '@aws-cdk/core:failSynthOnValidationErrors': false,
      ...context,
    },
  });
  compose(app, readConfig(app.node.getAllContext() as Record<string, unknown>, map));
  return app;
}

/** The templates of all stacks by name. */
export function templatesOf(options: SynthesisOptions = {}): ReadonlyMap<string, Template> {
  const templates = new Map<string, Template>();
  for (const stack of composeApp(options).synth().stacks) {
    templates.set(stack.stackName, Template.fromJSON(stack.template as Record<string, unknown>));
  }
  return templates;
}

/** What cdk-nag finds that nobody answered for: rule and resource, one a line. */
export function nagFindings(app: App): string[] {
  // What one stack takes from another is by then an import, as cdk synth sees it.
  app.synth();
  return new AwsSolutionsChecks()
    .validateScope(app)
    .violations.flatMap((violation) =>
      violation.violatingResources.map(
        (resource) => `${violation.ruleName} at ${String(resource.constructPath)}`,
      ),
    );
}

/** What somebody answered for: rule and written reason. */
export function acknowledgements(app: App): { path: string; id: string; reason: string }[] {
  return app.node.findAll().flatMap((construct) =>
    construct.node.metadata
      .filter((entry) => entry.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap((entry) =>
        Object.entries(entry.data as Record<string, string>).map(([id, reason]) => ({
          path: construct.node.path,
          id: id.replace(/^annotation::/i, ''),
          reason,
        })),
      ),
  );
}

/** The cloud assembly with bundled functions, as `cdk deploy` would send it. */
export function assemble(options: SynthesisOptions = {}): CloudAssembly {
  return composeApp({ bundle: true, ...options }).synth();
}
