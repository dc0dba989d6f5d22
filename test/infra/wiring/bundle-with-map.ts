import { build } from 'esbuild';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DataMap } from '../../../lib/core/data-map/schema.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Functions' bundles as NodeFunction makes them, each as `<verb>/index.mjs`, with another data map in
 * place of the project's: what a user of Lethe does by editing lib/data-map.ts.
 */
export async function bundleWithMap(
  verbs: readonly string[],
  map: DataMap,
  folder: string,
): Promise<void> {
  await build({
    entryPoints: verbs.map((verb) => ({
      in: join(root, 'lambdas', verb, 'handler.ts'),
      out: `${verb}/index`,
    })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    ...{ bundle: true, minify: true, platform: 'node', target: 'node20', format: 'esm' },
    ...{ mainFields: ['module', 'main'], logLevel: 'warning' },
    banner: {
      js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
    },
    plugins: [
      {
        name: 'data-map',
        setup: (bundling) => {
          bundling.onLoad({ filter: /\/lib\/data-map\.ts$/ }, () => ({
            contents: `export const dataMap = ${JSON.stringify(map)};`,
            loader: 'ts',
          }));
        },
      },
    ],
  });
}
