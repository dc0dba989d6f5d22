import { describe, expect, it } from 'vitest';
import { deliveryPath } from '../../../lib/core/data-map/delivery-path.ts';
import { dataMap } from '../../../lib/data-map.ts';
import type { DataMap } from '../../../lib/core/data-map/schema.ts';

const events = dataMap.stores['customer-events']!;
const archive = dataMap.stores['customer-archive']!;

function mapOf(stores: DataMap['stores']): DataMap {
  return { ...dataMap, stores };
}

describe('the delivery path', () => {
  it('leads from the stream to the archive that is erased after it', () => {
    const found = deliveryPath(
      mapOf({ events, old: { ...archive, after: [] }, archive: { ...archive, after: ['events'] } }),
    );
    expect(found).toMatchObject({
      ok: true,
      path: { streamName: 'events', stream: events, archiveName: 'archive' },
    });
  });

  it('is not guessed where there are two ways', () => {
    const found = deliveryPath(
      mapOf({
        events,
        more: events,
        one: { ...archive, after: ['events'] },
        two: { ...archive, after: ['more'] },
      }),
    );
    expect(found).toEqual({
      ok: false,
      faults: [
        'stores: the stacks need exactly one store of kind "stream"; events, more',
        'stores: the stacks need exactly one store of kind "archive" with a stream in its "after"; one, two',
      ],
    });
  });

  it('is missed where a store is missing', () => {
    expect(deliveryPath(mapOf({ events }))).toEqual({
      ok: false,
      faults: [
        'stores: the stacks need exactly one store of kind "archive" with a stream in its "after"; there is none',
      ],
    });
    expect(deliveryPath(mapOf({}))).toMatchObject({ ok: false, faults: { length: 2 } });
  });
});
