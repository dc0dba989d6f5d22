import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { compileErasureEngine } from '../../../bin/build-wasm.js';

test('the generated scanner is what its sources compile to', async () => {
  const path = join(import.meta.dirname, '../../../lib/core/erasure/engine.generated.ts');
  expect(await compileErasureEngine()).toBe(readFileSync(path, 'utf8'));
});
