import { randomBytes } from 'node:crypto';
import { redactEvents } from '../../lambdas/redact-events/redact-events.ts';
import type { StreamStore } from '../../lib/core/data-map/schema.ts';
import type { Clock } from '../../lib/core/ports/clock.ts';
import { compilePolicy } from '../../lib/core/redaction/policy.ts';
import { BatchRedactor } from '../../lib/core/redaction/batch-redactor.ts';
import { dataMap } from '../../lib/data-map.ts';
import type { Transform } from '../../lib/local/delivery/transform-batch.ts';
import { silence } from './demo-silence.ts';

/** The very function that Firehose calls on AWS, with nobody on the suppression list. */
export function demoTransform(events: StreamStore, clock: Clock): Transform {
  const policy = compilePolicy(events, dataMap.identifiers);
  // Hashes of invented people need not be joined with anything later.
  const redactor = new BatchRedactor(policy, { hashKey: randomBytes(32) });
  return (event) => redactEvents(event, { redactor, clock, ...silence });
}
