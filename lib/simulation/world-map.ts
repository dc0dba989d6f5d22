import { defineDataMap } from '../core/data-map/define-data-map.ts';
import type { DataMap } from '../core/data-map/schema.ts';

const service = (
  area: string,
  identifier: string,
  tracking: 'vertical' | 'horizontal',
  after: readonly string[] = [],
  exemption?: { basis: string; retainDays: number },
) => ({
  kind: 'service',
  description: `Simulated store of the area ${area}`,
  area,
  owner: 'simulation',
  identifiers: { [identifier]: identifier },
  retention: { days: 365 },
  legalBasis: 'GDPR Art. 6(1)(b), contract',
  tracking,
  after,
  fields: [{ path: 'person', category: 'name', erase: 'delete' }],
  ...(exemption !== undefined && { exemption }),
});

/** Eight stores in three areas, with dependencies within and between them. */
export const WORLD_MAP: DataMap = defineDataMap({
  version: 1,
  identifiers: {
    email: { description: 'Mail address', normalise: 'trim-lowercase' },
    customer_id: { description: 'Customer number', normalise: 'exact' },
  },
  stores: {
    profiles: service('user-services', 'email', 'horizontal'),
    sessions: service('user-services', 'customer_id', 'vertical', ['profiles']),
    preferences: service('user-services', 'customer_id', 'horizontal', ['profiles']),
    orders: service('commerce', 'customer_id', 'vertical', ['profiles']),
    invoices: service('commerce', 'customer_id', 'horizontal', ['orders'], {
      basis: 'GDPR Art. 17(3)(b), tax records',
      retainDays: 3650,
    }),
    baskets: service('commerce', 'customer_id', 'horizontal', ['orders']),
    comments: service('content', 'email', 'vertical', ['orders']),
    uploads: service('content', 'customer_id', 'horizontal', ['comments', 'sessions']),
  },
});
