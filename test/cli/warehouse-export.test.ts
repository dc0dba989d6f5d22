import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { businessMetadata } from '../../lib/core/catalogue/business-metadata.ts';
import { WAREHOUSE_MAP } from '../core/warehouse/warehouse-fixture.ts';
import { root } from '../house/import-graph.ts';

let folder: string;
let mapFile: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-export-'));
  mapFile = join(folder, 'map.json');
  writeFileSync(mapFile, JSON.stringify(WAREHOUSE_MAP));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function lethe(...args: string[]) {
  return spawnSync(process.execPath, [join(root, 'bin/lethe.js'), 'warehouse', 'export', ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
}

test('prints the business metadata of all tables as DataZone takes it', () => {
  const printed = lethe('--format', 'datazone', '--data-map', mapFile);
  expect(printed).toMatchObject({ status: 0, stderr: '' });
  expect(JSON.parse(printed.stdout)).toEqual(businessMetadata(WAREHOUSE_MAP));
});

test('prints the tags of tables and columns as Lake Formation takes them', () => {
  const printed = lethe('--format', 'lake-formation', '--data-map', mapFile);
  expect(printed.status).toBe(0);
  const { tags, tables } = JSON.parse(printed.stdout) as {
    tags: { key: string }[];
    tables: { table: string; columns: { value: string; names: string[] }[] }[];
  };
  expect(tags.map(({ key }) => key)).toEqual(['personal-data', 'data-owner']);
  const orders = tables.find(({ table }) => table === 'shop.orders')!;
  expect(orders.columns).toContainEqual({ value: 'contact', names: ['email'] });
});

test('refuses another format, and a data map that it cannot read', () => {
  const format = lethe('--format', 'constructor', '--data-map', mapFile);
  expect(format).toMatchObject({ status: 2, stdout: '' });
  expect(format.stderr).toBe('--format: expected datazone or lake-formation\n');
  const map = lethe('--format', 'datazone', '--data-map', join(folder, 'none.json'));
  expect(map).toMatchObject({ status: 2, stdout: '' });
});
