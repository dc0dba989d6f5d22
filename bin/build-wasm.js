// Compiles the hot scanners, AssemblyScript to WebAssembly, into modules that carry their bytes: a
// bundle needs no file beside it. `npm run build:wasm` after a change under an assembly/ folder.
import asc from 'assemblyscript/asc';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const FLAGS = [
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  '--enable',
  'simd',
  '--enable',
  'bulk-memory',
];

/** Threads share one memory; each has an instance of its own. */
const SHARED_MEMORY = [
  ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
  ...['--enable', 'threads'],
];

/** Its memory is laid out in assembly/layout.ts; 64 pages hold all of it. */
const OWN_MEMORY = ['--initialMemory', '64', '--use', 'abort='];

/** The generated module for the erasure's scanner, as text. */
export function compileErasureEngine() {
  return compile('lib/core/erasure', 'ENGINE_WASM', SHARED_MEMORY);
}

/** The generated module for the redaction's scanner, as text. */
export function compileRedactionScanner() {
  return compile('lib/core/redaction', 'SCANNER_WASM', OWN_MEMORY);
}

async function compile(room, constant, flags) {
  const files = new Map();
  const { error, stderr } = await asc.main(
    [`${room}/assembly/index.ts`, ...FLAGS, ...flags, '--outFile', 'out.wasm', '--baseDir', root],
    { writeFile: (name, contents) => void files.set(name, contents) },
  );
  if (error) throw new Error(stderr.toString(), { cause: error });
  const bytes = Buffer.from(files.get('out.wasm')).toString('base64');
  return (
    '// Generated from assembly/ by npm run build:wasm.\n' +
    `export const ${constant} =\n  '${bytes}';\n`
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(root, 'lib/core/erasure/engine.generated.ts'), await compileErasureEngine());
  writeFileSync(
    join(root, 'lib/core/redaction/scanner.generated.ts'),
    await compileRedactionScanner(),
  );
}
