import { ArnFormat, type Stack } from 'aws-cdk-lib';
import type { ServiceRoutes } from '../../../lambdas/runtime/service-routes.ts';
import type { WarehouseConfig } from '../../settings/warehouse-config.ts';

/**
 * Name of the function that serves the tables. Chosen here and not by CloudFormation: the requests call
 * it, and it reads their table, so that neither stack may wait for the other's names.
 */
export const SERVE_WAREHOUSE = 'lethe-serve-warehouse';

/** How the requests reach the tables; nothing where the data map has none. */
export function warehouseRoutes({ stores }: WarehouseConfig): (stack: Stack) => ServiceRoutes {
  return (stack) => {
    const functionArn = stack.formatArn({
      ...{ service: 'lambda', resource: 'function', resourceName: SERVE_WAREHOUSE },
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const names = Object.keys(stores);
    return names.length === 0 ? [] : [{ stores: names, route: { kind: 'lambda', functionArn } }];
  };
}
