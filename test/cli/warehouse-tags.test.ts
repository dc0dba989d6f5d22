import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { tableTags } from '../../lib/core/catalogue/resource-tags.ts';
import { ScriptedClusters } from '../aws/warehouse/scripted-clusters.ts';
import { WAREHOUSE_MAP } from '../core/warehouse/warehouse-fixture.ts';
import { startAwsStandIn, type AwsStandIn } from '../infra/wiring/aws-stand-in.ts';
import { root } from '../house/import-graph.ts';

const WANTED = tableTags(WAREHOUSE_MAP);

let folder: string;
let service: ScriptedClusters;
let standIn: AwsStandIn;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-tags-'));
  writeFileSync(join(folder, 'map.json'), JSON.stringify(WAREHOUSE_MAP));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  service = new ScriptedClusters(true);
  service.add('analytics', { DataOwner: 'nobody', Team: 'data' });
  service.put('old', { cluster: 'analytics' });
  standIn = await startAwsStandIn(service.answers);
});
afterEach(() => standIn.close());

/** Not in this process's time: the stand-in lives here. */
function lethe(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const env = {
    ...{ PATH: process.env['PATH'], NO_COLOR: '1', AWS_ENDPOINT_URL: standIn.url },
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
    AWS_MAX_ATTEMPTS: '1',
  };
  const map = args.includes('--data-map') ? [] : ['--data-map', join(folder, 'map.json')];
  const command = [join(root, 'bin/lethe.js'), 'warehouse', ...args, ...map];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}
const made = (): string[] => standIn.calls.map(({ operation }) => operation);

test('tags a cluster and its snapshots, says what was there, and has then nothing to do', async () => {
  const before = `cluster analytics: PersonalData = ${JSON.stringify(WANTED['PersonalData'])} (was not set)`;
  const looked = await lethe('tag', '--cluster', 'analytics', '--dry-run');
  expect(looked).toMatchObject({ status: 0 });
  expect(looked.stdout).toContain(before);
  expect(made()).not.toContain('CreateTags');

  const tagged = await lethe('tag', '--cluster', 'analytics');
  expect(tagged).toMatchObject({ status: 0, stdout: looked.stdout });
  expect(tagged.stderr).toContain('2 resources of 2 tagged.');
  expect(service.clusters.get('analytics')!.tags).toMatchObject({ ...WANTED, Team: 'data' });
  expect(service.snapshots.get('old')!.tags).toEqual(WANTED);

  const again = await lethe('tag', '--cluster', 'analytics', '--json');
  expect(JSON.parse(again.stdout)).toEqual({ kind: 'tagged', seen: 2, resources: [] });
});

test('says what is not there, what AWS refuses, and what was used wrongly, in one line', async () => {
  await standIn.close();
  standIn = await startAwsStandIn({
    ...service.answers,
    'redshift:CreateTags': () =>
      '<ErrorResponse><Error><Code>AccessDenied</Code><Message>secret</Message></Error></ErrorResponse>',
  });
  for (const [args, status, message] of [
    [['--cluster', 'nowhere'], 1, 'There is no such cluster'],
    [['--cluster', 'analytics'], 1, 'AWS answered AccessDenied'],
    [[], 2, '--cluster or --workgroup'],
    [['--cluster', 'a', '--workgroup', 'b'], 2, 'name one of them'],
    [['--cluster', 'a', '--data-map', 'nothing.json'], 2, 'cannot read'],
  ] as const) {
    const told = await lethe('tag', ...args);
    expect(told.status).toBe(status);
    expect(told.stderr).toContain(message);
    expect(told.stdout + told.stderr).not.toContain('secret');
  }
});

test('are compared by discover, which goes on where they may not be read, and is strict', async () => {
  const nothingInIt = {
    'redshift-data:ExecuteStatement': () => ({ Id: '1' }),
    'redshift-data:DescribeStatement': () => ({ Status: 'FINISHED', HasResultSet: true }),
    'redshift-data:GetStatementResult': () => ({ Records: [], ColumnMetadata: [] }),
  };
  await standIn.close();
  standIn = await startAwsStandIn({ ...service.answers, ...nothingInIt });
  const found = await lethe('discover', '--cluster', 'analytics', '--json');
  expect(found.status).toBe(0);
  expect(JSON.parse(found.stdout)).toMatchObject({
    tags: {
      kind: 'read',
      mistagged: [
        { kind: 'cluster', name: 'analytics' },
        { kind: 'snapshot', name: 'old' },
      ],
    },
  });
  const said = await lethe('discover', '--cluster', 'analytics');
  expect(said.stdout).toContain('cluster analytics: DataOwner is "nobody", not "');
  expect(said.stdout).toContain('snapshot old: Retention is not set, not "');

  await standIn.close();
  standIn = await startAwsStandIn(nothingInIt);
  const unread = await lethe('discover', '--cluster', 'analytics', '--json', '--strict');
  expect(unread.status).toBe(1);
  expect(JSON.parse(unread.stdout)).toMatchObject({ tags: { kind: 'unread' } });
});
