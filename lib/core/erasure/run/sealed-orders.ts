import { createHmac } from 'node:crypto';

import { NONCE_BYTES, seal, unseal, type SealedBox } from '../../identity/sealed-box.ts';
import type { ErasureOrder, ErasureOrders } from '../../ports/erasure-orders.ts';
import type { KeyVault } from '../../ports/key-vault.ts';
import type { Randomness } from '../../ports/randomness.ts';
import { RunCriteria } from './run-criteria.ts';
import type { RunOrder } from './run.ts';
import { compileCriteria } from './subject-criteria.ts';

/** An order's criteria are sealed under a key that is no longer there. */
class OrderKeyGone extends Error {
  override readonly name = 'OrderKeyGone';
}

interface Sealing {
  readonly keys: KeyVault;
  readonly random: Pick<Randomness, 'bytes'>;
}

type Named = Pick<ErasureOrder, 'orderId' | 'attempt'>;

/** A destroyed key never comes back: an order that is opened anew has another. */
function keyName({ orderId, attempt }: Named): string {
  return `archive-order/${orderId}/${attempt}`;
}

export async function sealCriteria(
  { keys, random }: Sealing,
  order: Named,
  lines: readonly string[],
): Promise<SealedBox> {
  const key = await keys.create(keyName(order));
  if (key.kind !== 'key') throw new OrderKeyGone(`the key of an order is ${key.kind}`);
  return seal(key.key, keyName(order), lines, random.bytes(NONCE_BYTES));
}

async function openCriteria({ keys }: Sealing, order: ErasureOrder): Promise<readonly string[]> {
  const key = await keys.get(keyName(order));
  if (key.kind !== 'key' || order.criteria === undefined) {
    throw new OrderKeyGone(`the criteria of an order cannot be opened: its key is ${key.kind}`);
  }
  return unseal(key.key, keyName(order), order.criteria) as readonly string[];
}

/** Names criteria without telling them, in certificates and wherever else nobody is to be read. */
export function hashCriteria(hashKey: Uint8Array, lines: readonly string[]): string {
  return createHmac('sha256', hashKey)
    .update(`lethe-criteria/1\0${lines.join('\n')}`)
    .digest('base64url');
}

/** What a worker of a run needs to know of its orders; in memory alone. */
export async function openRunCriteria(
  sealing: Sealing,
  hashKey: Uint8Array,
  orders: readonly ErasureOrder[],
): Promise<{ readonly criteria: RunCriteria; readonly orders: readonly RunOrder[] }> {
  const all = new Set<string>();
  const compiled = [];
  const described: RunOrder[] = [];
  for (const order of orders) {
    const { orderId } = order;
    const lines = await openCriteria(sealing, order);
    for (const line of lines) all.add(line);
    compiled.push({ orderId, criteria: compileCriteria(lines, sealing.random) });
    described.push({ orderId, criteria: lines.length, hash: hashCriteria(hashKey, lines) });
  }
  const union = compileCriteria([...all], sealing.random);
  return { criteria: new RunCriteria(union, compiled), orders: described };
}

/** Forgets whom an order was about, once its run has ended. Twice is once. */
export async function closeOrder(
  { orders, keys }: { readonly orders: ErasureOrders; readonly keys: KeyVault },
  order: ErasureOrder,
): Promise<void> {
  const closed: { -readonly [K in keyof ErasureOrder]: ErasureOrder[K] } = {
    ...order,
    version: order.version + 1,
  };
  delete closed.criteria;
  await keys.destroy(keyName(order));
  // A conflict: somebody opened it anew meanwhile, under another key.
  await orders.save(closed);
}
