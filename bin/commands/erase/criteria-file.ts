import { createHash, randomInt } from 'node:crypto';

import type {
  CompiledCriteria,
  MatcherOptions,
} from '../../../lib/core/erasure/criteria/compiler.ts';
import {
  CriteriaReader,
  type CriteriaOutcome,
} from '../../../lib/core/erasure/criteria/read-criteria.ts';
import { JsonPathNotLoaded, loadJsonPath } from '../../../lib/core/erasure/json-path.ts';
import { systemCode } from '../../../lib/local/durable-files.ts';
import { FileSource } from './file-source.ts';
import { UsageError } from './usage-error.ts';

/** The compiled criteria of a file, and the SHA-256 of its bytes, which never leaves the process. */
export async function readCriteriaFile(
  path: string,
  options: MatcherOptions,
): Promise<{ criteria: CompiledCriteria; digest: string }> {
  const { outcome, digest } = await read(path, options).catch(async (error: unknown) => {
    if (!(error instanceof JsonPathNotLoaded)) throw error;
    await loadJsonPath();
    return read(path, options);
  });
  if (outcome.ok) return { criteria: outcome.criteria, digest };
  const lines = outcome.faults.map(({ line, reason }) => `${path}:${line}: ${reason}`);
  if (outcome.more > 0) lines.push(`${path}: and ${outcome.more} more faults`);
  throw new UsageError([...lines, 'Nothing was changed.'].join('\n'));
}

async function read(
  path: string,
  options: MatcherOptions,
): Promise<{ outcome: CriteriaOutcome; digest: string }> {
  const reader = new CriteriaReader(options);
  const digest = createHash('sha256');
  let source: FileSource | undefined;
  try {
    source = new FileSource(path);
    for await (const chunk of source.chunks()) {
      reader.feed(chunk);
      digest.update(chunk);
    }
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new UsageError(`--removal-criteria: ${path} cannot be read (${code})`);
  } finally {
    source?.close();
  }
  return { outcome: reader.finish(randomInt(2 ** 32)), digest: digest.digest('hex') };
}
