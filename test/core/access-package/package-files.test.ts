import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import yauzl from 'yauzl';
import { describe, expect, it } from 'vitest';
import { packageZip } from '../../../lib/core/access-package/package-files.ts';
import type { PackageSource, PersonalRecord } from '../../../lib/core/access-package/source.ts';

type Stores = Record<string, readonly PersonalRecord[]>;

function source(stores: Stores): PackageSource {
  return {
    dsrId: '6f1c1a52-6f0e-4a63-9a39-1d4f5f0a7b11',
    type: 'access',
    receivedAt: Date.UTC(2026, 0, 31, 12),
    sections: async function* () {
      for (const [store, records] of Object.entries(stores)) {
        await Promise.resolve();
        yield {
          store,
          description: `All of <${store}>`,
          legalBasis: 'contract',
          retentionDays: 30,
          owner: 'team',
          records: iterate(records),
        };
      }
    },
  };
}

async function* iterate<T>(values: Iterable<T>): AsyncGenerator<T> {
  for (const value of values) {
    await Promise.resolve();
    yield value;
  }
}

async function build(stores: Stores): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of packageZip(source(stores))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Reads with another library than the one that wrote. */
async function unzip(zip: Buffer): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const reader = await yauzl.fromBufferPromise(zip);
  for await (const entry of reader.eachEntry()) {
    const stream = await reader.openReadStreamPromise(entry);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    files.set(entry.fileName, Buffer.concat(chunks).toString('utf8'));
  }
  return files;
}

const json = fc.jsonValue({ maxDepth: 3 }).map((value) => value as unknown);
const record = fc.dictionary(fc.string(), json, { maxKeys: 6 });

describe('an access package', () => {
  it('holds a page, the exact data, and a table per store', async () => {
    const files = await unzip(
      await build({ users: [{ name: 'Gnoll', address: { city: 'Köln' } }], orders: [] }),
    );
    expect([...files.keys()]).toEqual([
      'index.html',
      'data.json',
      'csv/users.csv',
      'csv/orders.csv',
    ]);
    expect(JSON.parse(files.get('data.json')!)).toMatchObject({
      request: { type: 'access', received: '2026-01-31T12:00:00.000Z' },
      stores: {
        users: {
          about: { legalBasis: 'contract' },
          records: [{ name: 'Gnoll', address: { city: 'Köln' } }],
        },
        orders: { records: [] },
      },
    });
    expect(files.get('csv/users.csv')).toBe('\ufeffname,address.city\r\nGnoll,Köln\r\n');
    expect(files.get('index.html')).toContain('<td>Köln</td>');
  });

  it('says so when nothing is held', async () => {
    expect((await unzip(await build({}))).get('index.html')).toContain(
      'We hold no data about you.',
    );
  });

  it('is the same, byte by byte, when built twice', async () => {
    const stores = { users: [{ a: 1 }, { b: 'x' }] };
    expect((await build(stores)).equals(await build(stores))).toBe(true);
  });

  it('carries every JSON value through data.json unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 5 }), async (records) => {
        const files = await unzip(await build({ users: records }));
        const { stores } = JSON.parse(files.get('data.json')!) as {
          stores: { users: { records: unknown } };
        };
        expect(JSON.stringify(stores.users.records)).toBe(JSON.stringify(records));
      }),
      { numRuns: 40 },
    );
  });

  it('lets no value become markup or a formula', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\uff1d1'),
        fc.constantFrom('<script>alert(1)</script>', '"><img src=x onerror=x>', "'", '&lt;'),
        async (formula, markup) => {
          const files = await unzip(
            await build({ users: [{ value: formula, [markup]: markup, plain: -5 }] }),
          );
          const page = files.get('index.html')!;
          expect(page).not.toMatch(/<script|<img|onerror=x>/);
          const cells = parseCsv(files.get('csv/users.csv')!.slice(1));
          for (const cell of cells.flat().filter((text) => !/^-?\d+$/.test(text))) {
            expect(cell).not.toMatch(/^\s*[=+\-@\uff1d]/);
          }
          expect(cells[1]).toContain('-5');
        },
      ),
      { numRuns: 32 },
    );
  });

  it('reads back from CSV what it wrote, quotes, commas and line ends included', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'é', ';') });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 5 }), async (values) => {
        const files = await unzip(await build({ users: values.map((value) => ({ value })) }));
        const [, ...rows] = parseCsv(files.get('csv/users.csv')!.slice(1));
        const expected = values.map((v) => (/^[\r\n]/.test(v) ? `'${v}` : v));
        expect(rows.map(([cell]) => cell)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('fails, rather than ending early, when a store fails in the middle', async () => {
    const broken: PackageSource = {
      ...source({}),
      sections: async function* () {
        yield* source({ users: [{ a: 1 }] }).sections();
        throw new Error('gone');
      },
    };
    await expect(
      (async () => {
        for await (const chunk of packageZip(broken)) expect(chunk.length).toBeGreaterThan(0);
      })(),
    ).rejects.toThrow('gone');
  });

  it('takes no more memory for a hundred times the data', async () => {
    const peak = async (records: number) => {
      const script = fileURLToPath(new URL('./measure-package.child.ts', import.meta.url));
      const { stdout } = await promisify(execFile)(process.execPath, [
        '--max-old-space-size=64',
        '--import',
        'tsx',
        script,
        String(records),
      ]);
      return JSON.parse(stdout) as { zipped: number; plain: number; rss: number };
    };
    const small = await peak(2_000);
    const large = await peak(200_000);
    expect(large.plain).toBeGreaterThan(90 * small.plain);
    expect(large.plain).toBeGreaterThan(100 * 1024 * 1024);
    expect(large.rss).toBeLessThan(small.rss + 80 * 1024 * 1024);
  });
});

/** RFC 4180, as far as these tests need it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const field = /(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r\n|$)/y;
  while (field.lastIndex < text.length) {
    const match = field.exec(text);
    if (match === null) throw new Error('not CSV');
    rows.at(-1)!.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n' && field.lastIndex < text.length) rows.push([]);
    if (match[3] === '') break;
  }
  return rows;
}
