import type { FirehoseTransformationEvent } from 'aws-lambda';
import { redactEvents } from '../../../lambdas/redact-events/redact-events.ts';
import { deliveryPath } from '../../../lib/core/data-map/delivery-path.ts';
import { compilePolicy } from '../../../lib/core/redaction/policy.ts';
import { BatchRedactor } from '../../../lib/core/redaction/batch-redactor.ts';
import { dataMap } from '../../../lib/data-map.ts';

const found = deliveryPath(dataMap);
if (!found.ok) throw new Error('the default data map has no delivery path');
const redactor = new BatchRedactor(compilePolicy(found.path.stream, dataMap.identifiers));
const nothing = () => undefined;

/** The transform function as Firehose calls it. */
export function transform(event: FirehoseTransformationEvent): Promise<unknown> {
  return redactEvents(event, {
    redactor,
    clock: { now: () => Date.now() },
    log: { info: nothing, warn: nothing, error: nothing },
    meter: { add: nothing, publish: nothing },
  });
}
