import { randomInt } from 'node:crypto';
import { segmentsOf } from '../../core/data-map/field-path.ts';
import type { ArchiveStore, DataMap } from '../../core/data-map/schema.ts';
import { CompiledMatcher } from '../../core/erasure/compiled-matcher.ts';
import { CriteriaReader } from '../../core/erasure/criteria/read-criteria.ts';
import type { Matcher } from '../../core/erasure/matcher.ts';
import { normaliseIdentity } from '../../core/identity/normalise-identity.ts';
import type { Identity } from '../../core/requests/model/request.ts';

/** Meets the rows of a data subject; undefined when the archive knows them by nothing. */
export function matcherOf(
  { dataMap, archive }: { readonly dataMap: DataMap; readonly archive: ArchiveStore },
  identities: readonly Identity[],
): Matcher | undefined {
  const criteria = new Set<string>();
  for (const identity of identities) {
    if (!Object.hasOwn(archive.identifiers, identity.identifier)) continue;
    const path = segmentsOf(archive.identifiers[identity.identifier]!);
    const name = path.length === 1 ? path[0]! : JSON.stringify(path);
    // As it was given, and as the map writes it: a row may hold either.
    for (const value of [identity.value, normaliseIdentity(dataMap, identity).value]) {
      if (value !== '') criteria.add(JSON.stringify({ match: { [name]: value } }));
    }
  }
  if (criteria.size === 0) return undefined;
  const reader = new CriteriaReader();
  reader.feed(Buffer.from([...criteria].join('\n')));
  const outcome = reader.finish(randomInt(2 ** 32));
  if (!outcome.ok) throw new TypeError('the archive’s identifiers make no criteria');
  return new CompiledMatcher(outcome.criteria);
}
