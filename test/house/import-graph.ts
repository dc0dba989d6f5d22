import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { readdirSync } from 'node:fs';
import { join, posix, relative, resolve } from 'node:path';
import ts from 'typescript';

export const root = resolve(import.meta.dirname, '../..');

/** Source rooms, as folders below the project's root. */
const ROOMS = ['bin', 'lib', 'lambdas'];

/** All TypeScript sources, relative to the root, without what another compiler reads. */
function sourceFiles(): string[] {
  return ROOMS.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .map((name) => posix.join(room, name.replaceAll('\\', '/')))
      .filter((name) => name.endsWith('.ts') && !name.includes('/assembly/')),
  ).sort();
}

export interface Import {
  from: string;
  /** A file below the root, or a package's name. */
  to: string;
  /** Vanishes when compiled. */
  typeOnly: boolean;
}

/** Every import of every source: what runs, from esbuild's metafile; types, from the text. */
export async function importGraph(): Promise<Import[]> {
  const files = sourceFiles();
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: files,
    outdir: 'nowhere',
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  const running = new Set<string>();
  const graph: Import[] = [];
  for (const from of files) {
    for (const { path, external } of metafile.inputs[from]?.imports ?? []) {
      const to = external === true ? packageName(path) : path;
      running.add(`${from} ${to}`);
      graph.push({ from, to, typeOnly: false });
    }
    for (const { fileName } of ts.preProcessFile(readFileSync(join(root, from), 'utf8'))
      .importedFiles) {
      const to = fileName.startsWith('.')
        ? relative(root, resolve(root, from, '..', fileName)).replaceAll('\\', '/')
        : packageName(fileName);
      if (!running.has(`${from} ${to}`)) graph.push({ from, to, typeOnly: true });
    }
  }
  return graph;
}

function packageName(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
