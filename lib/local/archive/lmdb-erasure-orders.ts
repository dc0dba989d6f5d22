import type { ErasureOrder, ErasureOrders } from '../../core/ports/erasure-orders.ts';
import type { Tables } from '../tables/open-tables.ts';

/** The port ErasureOrders in the local tables. */
export function lmdbErasureOrders(tables: Tables): ErasureOrders {
  const orders = tables.table<ErasureOrder, string>('archive-orders');
  const open = tables.table<number, [receivedAt: number, orderId: string]>('archive-orders-open');
  return {
    load: (orderId) => Promise.resolve(orders.get(orderId)),
    save: (order) =>
      Promise.resolve(
        tables.transact(() => {
          const { orderId, version, receivedAt, criteria } = order;
          if ((orders.get(orderId)?.version ?? 0) !== version - 1) return 'conflict';
          orders.putSync(orderId, order);
          if (criteria === undefined) open.removeSync([receivedAt, orderId]);
          else open.putSync([receivedAt, orderId], 1);
          return 'saved';
        }),
      ),
    async *open() {
      for (const [, orderId] of [...open.getKeys({})]) {
        const order = orders.get(orderId);
        if (order !== undefined) yield await Promise.resolve(order);
      }
    },
  };
}
