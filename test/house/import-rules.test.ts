import { describe, expect, it } from 'vitest';
import { importGraph, type Import } from './import-graph.ts';

/** Packages that the core may use: pure computation, no disk, no network, no clock. */
const PURE_PACKAGES = [
  'canonicalize',
  'zod',
  'temporal-polyfill',
  'json-p3',
  'hyparquet',
  'hyparquet-writer',
  'hysnappy',
  'libphonenumber-js',
  'fzstd',
  '@bokuweb/zstd-wasm',
  '@zip.js/zip.js',
  'node:crypto',
  'node:zlib',
  'node:buffer',
];

interface Rule {
  room: RegExp;
  /** What files of the room may import, besides files of the same room. */
  files: RegExp[];
  packages: (name: string) => boolean;
}

const anyPackage = () => true;
const noCdk = (name: string) => !/^(aws-cdk-lib|constructs|cdk-nag)$/.test(name);
const noAws = (name: string) => noCdk(name) && !name.startsWith('@aws-sdk/');

/** First match wins. Rooms and rules: docs/adr/0001. */
const RULES: Rule[] = [
  {
    room: /^bin\/app\.ts$/,
    files: [/^lib\/(stacks|config|data-map|constructs)/],
    packages: anyPackage,
  },
  {
    room: /^bin\//,
    files: [/^bin\//, /^lib\/(?!stacks|constructs)/, /^lambdas\/[^/]+\/(?!handler\.ts)[^/]+\.ts$/],
    packages: noCdk,
  },
  {
    room: /^lib\/core\//,
    files: [/^lib\/core\//],
    packages: (name) => PURE_PACKAGES.includes(name),
  },
  { room: /^lib\/data-map\.ts$/, files: [/^lib\/core\/data-map\//], packages: () => false },
  {
    // What a function reads of its environment as JSON is checked at synthesis by the same schema.
    room: /^lib\/(config\.ts$|settings\/)/,
    files: [/^lib\/core\//, /^lib\/settings\//, /^lambdas\/runtime\/[a-z]+-(settings|routes|sources)\.ts$/],
    packages: (name) => name === 'zod',
  },
  {
    room: /^lib\/api\//,
    files: [/^lib\/(api|core)\//],
    packages: noAws,
  },
  { room: /^lib\/aws\//, files: [/^lib\/(aws|core)\//], packages: noCdk },
  { room: /^lib\/local\//, files: [/^lib\/(local|core)\//], packages: noAws },
  {
    room: /^lib\/sample-services\//,
    files: [/^lib\/(sample-services|core)\//],
    packages: noAws,
  },
  { room: /^lib\/simulation\//, files: [/^lib\/(simulation|core)\//], packages: noAws },
  {
    room: /^lib\/stacks\//,
    files: [
      /^lib\/(stacks|constructs|core)\//,
      /^lib\/(config|data-map|settings\/(request|warehouse)-config)\.ts$/,
      /^lambdas\/[^/]+\/env\.ts$/,
    ],
    packages: anyPackage,
  },
  {
    room: /^lib\/constructs\//,
    files: [/^lib\/constructs\//],
    packages: (name) => !name.startsWith('@aws-sdk/'),
  },
  {
    room: /^lambdas\/runtime\//,
    files: [/^lambdas\/runtime\//, /^lib\/(core|aws|api)\//],
    packages: noCdk,
  },
  {
    // The sample services as functions.
    room: /^lambdas\/(serve|seed)-samples\//,
    files: [/^lambdas\/runtime\//, /^lib\/(core|aws|sample-services)\//, /^lib\/data-map\.ts$/],
    packages: noCdk,
  },
  {
    room: /^lambdas\//,
    files: [/^lambdas\/runtime\//, /^lib\/(core|api|aws)\//, /^lib\/data-map\.ts$/],
    packages: noCdk,
  },
];

function verdict({ from, to, typeOnly }: Import): string | undefined {
  const rule = RULES.find(({ room }) => room.test(from));
  if (rule === undefined) return `${from} stands in no room that the rules know`;
  const inProject = /^(bin|lib|lambdas|test|dashboard)\//.test(to);
  if (!inProject) return rule.packages(to) ? undefined : `${from} may not import the package ${to}`;
  const verb = /^lambdas\/[^/]+\//.exec(from)?.[0];
  if (verb !== undefined && to.startsWith(verb)) return undefined;
  // Types vanish: a stack may name the types of a function's environment, a construct its spec's.
  if (typeOnly && /^lib\/(stacks|constructs)\//.test(from) && to.startsWith('lambdas/'))
    return undefined;
  return rule.files.some((allowed) => allowed.test(to))
    ? undefined
    : `${from} may not import ${to}`;
}

describe('the import rules between rooms', () => {
  it('are obeyed by every import of every source', async () => {
    const graph = await importGraph();
    expect(graph.length).toBeGreaterThan(50);
    expect(graph.map(verdict).filter((fault) => fault !== undefined)).toEqual([]);
  });

  it('see a forbidden import when there is one', () => {
    const forbidden: Import[] = [
      { from: 'lib/core/redaction/x.ts', to: 'lib/aws/y.ts', typeOnly: false },
      { from: 'lib/core/redaction/x.ts', to: '@aws-sdk/client-s3', typeOnly: false },
      { from: 'lib/core/redaction/x.ts', to: 'node:fs', typeOnly: false },
      { from: 'lib/aws/x.ts', to: 'lib/local/y.ts', typeOnly: true },
      { from: 'lib/local/x.ts', to: '@aws-sdk/client-s3', typeOnly: false },
      { from: 'lambdas/one/x.ts', to: 'lambdas/two/y.ts', typeOnly: true },
      { from: 'lib/stacks/x.ts', to: 'lambdas/two/handler.ts', typeOnly: false },
      { from: 'bin/commands/x.ts', to: 'lambdas/two/handler.ts', typeOnly: false },
      { from: 'bin/commands/x.ts', to: 'aws-cdk-lib', typeOnly: false },
    ];
    expect(forbidden.map(verdict).filter((fault) => fault === undefined)).toEqual([]);
  });
});
