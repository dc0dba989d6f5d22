import { describe, expect, it } from 'vitest';
import { resourceTags, tableTags } from '../../../lib/core/catalogue/resource-tags.ts';
import { findMistagged, tagAsMapped } from '../../../lib/core/catalogue/tag-resources.ts';
import { memoryTaggedResources } from '../../fakes/memory-tagged-resources.ts';
import { WAREHOUSE_MAP } from '../warehouse/warehouse-fixture.ts';

const WANTED = tableTags(WAREHOUSE_MAP);

describe('tags of the warehouse', () => {
  it('say what is personal, whose it is and for how long, in signs that tags take', () => {
    expect(Object.keys(WANTED)).toEqual(['PersonalData', 'DataOwner', 'Retention']);
    for (const value of Object.values(WANTED))
      expect(value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u);
    expect(resourceTags([])).toEqual({ PersonalData: 'none' });
  });

  it('are found missing or otherwise, one by one, and others are nobody’s business', async () => {
    const { seen, mistagged } = await findMistagged(
      memoryTaggedResources([
        { kind: 'cluster', name: 'right', arn: 'a', tags: { ...WANTED, Team: 'data' } },
        { kind: 'snapshot', name: 'wrong', arn: 'b', tags: { ...WANTED, DataOwner: 'nobody' } },
        { kind: 'snapshot', name: 'bare', arn: 'c', tags: {} },
      ]),
      WANTED,
    );
    expect(seen).toBe(3);
    expect(mistagged.map(({ name, differences }) => [name, differences.length])).toEqual([
      ['wrong', 1],
      ['bare', 3],
    ]);
    expect(mistagged[0]!.differences).toEqual([
      { key: 'DataOwner', wanted: WANTED['DataOwner'], found: 'nobody' },
    ]);
    expect(mistagged[1]!.differences[0]).not.toHaveProperty('found');
  });

  it('are set where they differ, and then nothing differs', async () => {
    const resources = memoryTaggedResources([
      { kind: 'cluster', name: 'bare', arn: 'a', tags: { Team: 'data' } },
    ]);
    const { mistagged } = await findMistagged(resources, WANTED);
    expect(await tagAsMapped(resources, mistagged[0]!)).toBe('done');
    expect(await findMistagged(resources, WANTED)).toEqual({ seen: 1, mistagged: [] });
    expect(await tagAsMapped(memoryTaggedResources([]), mistagged[0]!)).toBe('missing');
  });
});
