import { Buffer } from 'node:buffer';

import { CompiledMatcher } from '../../../lib/core/erasure/compiled-matcher.ts';
import type { MatcherOptions } from '../../../lib/core/erasure/criteria/compiler.ts';
import {
  CriteriaReader,
  type CriteriaOutcome,
} from '../../../lib/core/erasure/criteria/read-criteria.ts';
import type { Findings, FormatName, ObjectSource } from '../../../lib/core/erasure/format.ts';
import { formatNamed } from '../../../lib/core/erasure/formats.ts';
import { loadJsonPath } from '../../../lib/core/erasure/json-path.ts';
import type { Matcher } from '../../../lib/core/erasure/matcher.ts';

// As readers of files do when a line turns out to need it.
await loadJsonPath();

export function readCriteria(text: string | Buffer, options: MatcherOptions = {}): CriteriaOutcome {
  const reader = new CriteriaReader(options);
  reader.feed(Buffer.from(text));
  return reader.finish(7);
}

/** A matcher of criteria that are known to be sound. */
export function matcherOf(
  criteria: readonly unknown[],
  options: MatcherOptions = {},
): CompiledMatcher {
  const lines = criteria.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  const outcome = readCriteria(lines.join('\n'), options);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.faults));
  return new CompiledMatcher(outcome.criteria);
}

/** An object in memory, given in pieces of `piece` bytes. */
export function objectOf(bytes: Uint8Array, piece = 1 << 20): ObjectSource {
  return {
    size: bytes.length,
    async *chunks() {
      for (let at = 0; at < bytes.length; at += piece) {
        await Promise.resolve();
        yield bytes.slice(at, at + piece);
      }
    },
    read: (from, to) => Promise.resolve(bytes.slice(from, to)),
  };
}

/** A sink that remembers. */
export class Collected {
  readonly #parts: Buffer[] = [];

  write(bytes: Uint8Array): void {
    this.#parts.push(Buffer.from(bytes));
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

export interface Erased {
  found: Findings<unknown>;
  kept: Buffer;
  matched: Buffer;
  removed: { offset: number; bytes: Buffer }[];
}

/** Searches and rewrites; `replan` makes the rewriting search again. */
export async function erase(
  bytes: Uint8Array,
  matcher: Matcher,
  name: FormatName,
  { piece, replan = false }: { piece?: number; replan?: boolean } = {},
): Promise<Erased> {
  const format = formatNamed(name);
  const found = await format.find(objectOf(bytes, piece), matcher);
  const kept = new Collected();
  const matched = new Collected();
  const removed: Erased['removed'] = [];
  if (found.kind === 'read') {
    const plan = replan ? undefined : found.plan;
    await format.forget(objectOf(bytes, piece), matcher, plan, {
      kept,
      matched,
      removed: {
        write: (offset, part) => void removed.push({ offset, bytes: Buffer.from(part) }),
      },
    });
  }
  return { found, kept: kept.bytes(), matched: matched.bytes(), removed };
}

/** The counts of a search, without what depends on how it was made. */
export function countsOf(found: Findings<unknown>): object {
  if (found.kind === 'corrupt') return found;
  const { rows, matched, unparsable } = found;
  return { rows, matched, unparsable };
}
