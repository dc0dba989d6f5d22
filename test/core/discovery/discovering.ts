import { Buffer } from 'node:buffer';

import {
  Discovery,
  mapEntries,
  type Finding,
  type SampledObject,
} from '../../../lib/core/discovery/discovery.ts';
import { printPath } from '../../../lib/core/data-map/field-path.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { SeededRandom } from '../../../lib/simulation/seeded-random.ts';
import { objectOf } from '../erasure/archive-bytes.ts';

export interface Discovered {
  sampled: SampledObject[];
  findings: Finding[];
  /** Each finding as `path: kind`. */
  told: string[];
  /** All that is printed of them. */
  output: string;
}

/** Discovers in objects of memory. */
export async function discoverIn(
  objects: readonly (string | Uint8Array)[],
  { rows = 1000, seed = 1 } = {},
): Promise<Discovered> {
  const random = new SeededRandom(seed);
  const discovery = new Discovery(dataMap, 2026);
  const sampled: SampledObject[] = [];
  for (const object of objects) {
    const source = objectOf(Buffer.from(object));
    sampled.push(await discovery.sample(source, { rows, random: () => random.fraction() }));
  }
  const findings = discovery.findings();
  return {
    sampled,
    findings,
    told: findings.map(({ segments, kind }) => `${printPath(segments)}: ${kind}`).sort(),
    output: JSON.stringify([findings, mapEntries(findings), sampled]),
  };
}
