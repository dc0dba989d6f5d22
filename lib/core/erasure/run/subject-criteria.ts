import { Buffer } from 'node:buffer';

import { segmentsOf } from '../../data-map/field-path.ts';
import type { ArchiveStore, DataMap } from '../../data-map/schema.ts';
import { normaliseIdentity } from '../../identity/normalise-identity.ts';
import type { Randomness } from '../../ports/randomness.ts';
import type { Identity } from '../../requests/model/request.ts';
import type { CompiledCriteria } from '../criteria/compiler.ts';
import { CriteriaReader } from '../criteria/read-criteria.ts';

/** Criteria, one a line, that meet the rows of a data subject; none when the archive knows them by nothing. */
export function subjectCriteria(
  dataMap: DataMap,
  archive: ArchiveStore,
  identities: readonly Identity[],
): readonly string[] {
  const criteria = new Set<string>();
  for (const identity of identities) {
    if (!Object.hasOwn(archive.identifiers, identity.identifier)) continue;
    const path = segmentsOf(archive.identifiers[identity.identifier]!);
    const name = path.length === 1 ? path[0]! : JSON.stringify(path);
    const { value } = normaliseIdentity(dataMap, identity);
    if (value === '') continue;
    // Rows hold it in whatever writing it came in.
    const rule = dataMap.identifiers[identity.identifier]!.normalise;
    criteria.add(
      JSON.stringify({
        match: { [name]: value },
        ...(rule !== 'exact' && { normalise: { [name]: rule } }),
      }),
    );
  }
  return [...criteria].sort();
}

export function compileCriteria(
  lines: readonly string[],
  random: Pick<Randomness, 'bytes'>,
): CompiledCriteria {
  const reader = new CriteriaReader();
  reader.feed(Buffer.from(lines.join('\n')));
  const outcome = reader.finish(Buffer.from(random.bytes(4)).readUInt32LE());
  if (!outcome.ok) throw new TypeError('the archive’s identifiers make no criteria');
  return outcome.criteria;
}
