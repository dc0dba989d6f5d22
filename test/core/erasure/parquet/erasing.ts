import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CompiledMatcher } from '../../../../lib/core/erasure/compiled-matcher.ts';
import { CriteriaReader } from '../../../../lib/core/erasure/criteria/read-criteria.ts';
import type { MatcherOptions } from '../../../../lib/core/erasure/criteria/compiler.ts';
import type { Findings, ObjectSource } from '../../../../lib/core/erasure/format.ts';
import type { Matcher } from '../../../../lib/core/erasure/matcher.ts';
import {
  parquetFormat,
  type ParquetPlan,
} from '../../../../lib/core/erasure/parquet/parquet-format.ts';

const FIXTURES = fileURLToPath(new URL('../../../fixtures/parquet/', import.meta.url));

export const fixtureNames: readonly string[] = readdirSync(FIXTURES)
  .filter((name) => name.endsWith('.parquet'))
  .sort();

export function readFixture(name: string): Buffer {
  return readFileSync(FIXTURES + name);
}

/** An object held in memory. Counts what is read of it. */
export class MemoryObject implements ObjectSource {
  readonly #bytes: Uint8Array;
  bytesRead = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.length;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous
  async *chunks(): AsyncIterable<Uint8Array> {
    for (let at = 0; at < this.size; at += 1000) yield this.#bytes.slice(at, at + 1000);
  }

  read(from: number, to: number): Promise<Uint8Array> {
    this.bytesRead += to - from;
    return Promise.resolve(this.#bytes.slice(from, to));
  }
}

/** `matches` are the objects of field criteria, `{"match": …}`. */
export function matcherOf(
  matches: readonly Record<string, unknown>[],
  options: MatcherOptions = {},
): Matcher {
  const reader = new CriteriaReader(options);
  for (const match of matches) reader.feed(Buffer.from(`${JSON.stringify({ match })}\n`));
  const outcome = reader.finish(7);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.faults));
  return new CompiledMatcher(outcome.criteria);
}

export interface Erased {
  findings: Findings<ParquetPlan>;
  kept: Buffer;
  matched: Buffer;
}

/** Forgets without a plan, into memory. */
export async function erase(object: Uint8Array, matcher: Matcher): Promise<Erased> {
  const kept: Uint8Array[] = [];
  const matched: Uint8Array[] = [];
  const findings = await parquetFormat.forget(new MemoryObject(object), matcher, undefined, {
    kept: { write: (bytes) => void kept.push(Uint8Array.from(bytes)) },
    matched: { write: (bytes) => void matched.push(Uint8Array.from(bytes)) },
  });
  return { findings, kept: Buffer.concat(kept), matched: Buffer.concat(matched) };
}

/** How many rows match, or why the object can't be read. */
export async function countMatches(object: Uint8Array, matcher: Matcher): Promise<number | string> {
  const findings = await parquetFormat.find(new MemoryObject(object), matcher);
  return findings.kind === 'read' ? findings.matched : findings.reason;
}
