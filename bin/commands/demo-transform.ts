import { randomBytes } from 'node:crypto';
import { createSuppressionFeed } from '../../lambdas/runtime/suppression-feed.ts';
import { redactEvents } from '../../lambdas/redact-events/redact-events.ts';
import type { StreamStore } from '../../lib/core/data-map/schema.ts';
import type { Clock } from '../../lib/core/ports/clock.ts';
import type { SuppressionList } from '../../lib/core/ports/suppression-list.ts';
import { compilePolicy } from '../../lib/core/redaction/policy.ts';
import { BatchRedactor } from '../../lib/core/redaction/batch-redactor.ts';
import { SuppressionSet } from '../../lib/core/suppression/suppression-set.ts';
import { dataMap } from '../../lib/data-map.ts';
import type { Transform } from '../../lib/local/delivery/transform-batch.ts';
import { silence } from './demo-silence.ts';
import { OBEYED_AFTER } from './serve-target.ts';

/** The very function that Firehose calls on AWS, with nobody on the suppression list. */
export function demoTransform(events: StreamStore, clock: Clock): Transform {
  const policy = compilePolicy(events, dataMap.identifiers);
  // Hashes of invented people need not be joined with anything later.
  const redactor = new BatchRedactor(policy, { hashKey: randomBytes(32) });
  return (event) => redactEvents(event, { redactor, clock, ...silence });
}

/** The same, obeying a suppression list. */
export function suppressingTransform(
  events: StreamStore,
  clock: Clock,
  { list, key }: { readonly list: SuppressionList; readonly key: Uint8Array },
): Transform {
  const policy = compilePolicy(events, dataMap.identifiers);
  const set = new SuppressionSet(key);
  const redactor = new BatchRedactor(policy, { hashKey: randomBytes(32), suppression: set });
  const feed = createSuppressionFeed({
    ...{ list, set, clock },
    refreshAfter: OBEYED_AFTER / 3,
    staleAfter: OBEYED_AFTER,
    onFailure: () => undefined,
  });
  return (event) => redactEvents(event, { redactor, feed, clock, ...silence });
}
