import { canonicalHash } from '../../audit/canonical-json.ts';
import type { Certificate } from './certificate.ts';
import type { ChainHead } from './run-chain.ts';

/** What the certificates of one archive tell together. */
export interface ChainVerdict {
  /** As its certificates name it: a keyed hash. */
  readonly archive: string;
  readonly certificates: number;
  readonly verdict:
    | 'whole'
    /** The certificate of this number is not there, or another one is in its place. */
    | 'missing-or-moved'
    /** Two certificates have this number. */
    | 'forked'
    /** The chain's head says that there is one of this number, and there is none. */
    | 'cut-short';
  /** The first number at which it is not whole. */
  readonly number?: number;
}

/**
 * Whether certificates, each verified by itself, are all that were issued: numbered from 1 without a
 * gap, each naming the hash of the one before. Without a head, certificates that are missing at the
 * end cannot be told.
 */
export function verifyChains(
  certificates: readonly Certificate[],
  heads: readonly ChainHead[],
): readonly ChainVerdict[] {
  const archives = new Map<string, Certificate[]>();
  for (const { archive } of heads) archives.set(archive, []);
  for (const certificate of certificates) {
    const { archive } = certificate.chain;
    archives.set(archive, [...(archives.get(archive) ?? []), certificate]);
  }
  return [...archives].map(([archive, own]) => {
    own.sort((a, b) => a.chain.number - b.chain.number);
    const head = heads.find((each) => each.archive === archive);
    return { archive, certificates: own.length, ...judge(own, head) };
  });
}

function judge(
  certificates: readonly Certificate[],
  head: ChainHead | undefined,
): Pick<ChainVerdict, 'verdict' | 'number'> {
  let previous: string | undefined;
  let expected = 1;
  for (const certificate of certificates) {
    const { number } = certificate.chain;
    if (number < expected) return { verdict: 'forked', number };
    if (number > expected || certificate.chain.previous !== previous) {
      return { verdict: 'missing-or-moved', number: expected };
    }
    previous = canonicalHash(certificate);
    expected++;
  }
  if (head === undefined) return { verdict: 'whole' };
  if (head.number >= expected) return { verdict: 'cut-short', number: expected };
  const isHead = head.number === expected - 1 && head.hash === previous;
  return isHead ? { verdict: 'whole' } : { verdict: 'forked', number: head.number };
}
