import type { DataMap } from '../../lib/core/data-map/schema.ts';
import type { ServedStores } from '../../lib/core/services/answer-service-call.ts';

/** What is done for each table of the data map: all but what only services can do. */
export function tableStores({ stores }: Pick<DataMap, 'stores'>): ServedStores['stores'] {
  return Object.entries(stores)
    .filter(([, { kind }]) => kind === 'table')
    .map(([name, { identifiers }]) => ({
      name,
      operations: ['gather', 'rectify', 'erase', 'restrict', 'object', 'undo'],
      identifiers: Object.keys(identifiers),
      tracking: 'horizontal',
    }));
}
