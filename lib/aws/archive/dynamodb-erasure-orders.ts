import { type DynamoDBClient, GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import type { ErasureOrder, ErasureOrders } from '../../core/ports/erasure-orders.ts';
import { PATIENCE, patiently, type Patience } from '../tables/retry.ts';
import { transact } from '../tables/transact.ts';
import {
  OPEN_ORDERS,
  openOrderItem,
  openOrderKey,
  orderItem,
  orderKey,
  orderOf,
} from './order-items.ts';

export interface DynamodbErasureOrdersOptions {
  readonly client: DynamoDBClient;
  /** The table of the archive runs. */
  readonly tableName: string;
  /** @default pauses of up to a second, at random */
  readonly patience?: Patience;
}

/** The port ErasureOrders on the table of the archive runs; see order-items.ts. */
export function dynamodbErasureOrders(options: DynamodbErasureOrdersOptions): ErasureOrders {
  const { client, tableName: TableName, patience = PATIENCE } = options;

  const load = async (orderId: string): Promise<ErasureOrder | undefined> => {
    const get = new GetItemCommand({ TableName, Key: orderKey(orderId), ConsistentRead: true });
    const { Item } = await patiently(() => client.send(get), patience);
    return Item === undefined ? undefined : orderOf(Item);
  };

  return {
    load,
    save: async (order) => {
      const isOpen = order.criteria !== undefined;
      const { kind } = await transact(
        client,
        [
          {
            Put: {
              TableName,
              Item: orderItem(order),
              ...(order.version === 1
                ? { ConditionExpression: 'attribute_not_exists(pk)' }
                : {
                    ConditionExpression: 'version = :before',
                    ExpressionAttributeValues: { ':before': { N: String(order.version - 1) } },
                  }),
            },
          },
          isOpen
            ? { Put: { TableName, Item: openOrderItem(order) } }
            : { Delete: { TableName, Key: openOrderKey(order) } },
        ],
        patience,
      );
      return kind === 'written' ? 'saved' : 'conflict';
    },
    open: async function* () {
      const pages = paginateQuery(
        { client },
        {
          TableName,
          KeyConditionExpression: 'pk = :open',
          ExpressionAttributeValues: { ':open': { S: OPEN_ORDERS } },
          ConsistentRead: true,
        },
      );
      for await (const { Items = [] } of pages) {
        for (const item of Items) {
          const order = await load(item['orderId']?.S ?? '');
          if (order?.criteria !== undefined) yield order;
        }
      }
    },
  };
}
