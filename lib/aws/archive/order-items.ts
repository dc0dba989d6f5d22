import type { ErasureOrder } from '../../core/ports/erasure-orders.ts';
import type { Item } from './run-items.ts';

/**
 * Orders in the table of archive runs, keys `pk` and `sk`:
 * - `order#<order>` / `order`: an order as JSON in `body`, its number of writes in `version`.
 * - `open-orders` / `<received at>#<order>`: that an order still holds criteria, oldest first.
 */
export const OPEN_ORDERS = 'open-orders';

/** Digits of the longest time that a number holds exactly. */
const DIGITS = 16;

export function orderKey(orderId: string): Item {
  return { pk: { S: `order#${orderId}` }, sk: { S: 'order' } };
}

export function orderItem(order: ErasureOrder): Item {
  return {
    ...orderKey(order.orderId),
    version: { N: String(order.version) },
    body: { S: JSON.stringify(order) },
  };
}

export function orderOf(item: Item): ErasureOrder {
  const body = item['body']?.S;
  if (body === undefined)
    throw new TypeError('the table of archive runs holds an order without a body');
  return JSON.parse(body) as ErasureOrder;
}

export function openOrderKey({ orderId, receivedAt }: ErasureOrder): Item {
  const sk = `${String(receivedAt).padStart(DIGITS, '0')}#${orderId}`;
  return { pk: { S: OPEN_ORDERS }, sk: { S: sk } };
}

export function openOrderItem(order: ErasureOrder): Item {
  return { ...openOrderKey(order), orderId: { S: order.orderId } };
}
