import { describe, expect, it } from 'vitest';
import type { ServiceCall } from '../../../lib/core/ports/services.ts';
import { routedServices } from '../../../lib/core/services/routed-services.ts';

describe('stores that nobody serves', () => {
  it('fail in words, for a person to look', async () => {
    const services = routedServices(new Map());
    const call: ServiceCall = {
      operation: 'erase',
      ...{ store: 'x', dsrId: 'd', taskId: 'x', attempt: 1 },
      ...{ reason: 'dsr:d/x#1', identities: [] },
    };
    expect(await services.call(call)).toMatchObject({ kind: 'failed', retryable: false });
    expect(await services.lookUp('x', [])).toMatchObject({ kind: 'failed' });
  });
});
