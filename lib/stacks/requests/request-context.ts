import type { Stack } from 'aws-cdk-lib';
import type { AlarmTopic } from '../../constructs/alarm-topic.ts';
import type { EncryptedStream } from '../../constructs/encrypted-stream.ts';
import type { PublicApi } from '../../constructs/public-api.ts';
import type { HandoverBucket } from '../archive/archive-service.ts';
import type { MakeFunction } from '../function-maker.ts';
import type { ServiceEventsStack } from '../service-events-stack.ts';
import type { RequestParts } from './request-parts.ts';

/** What the parts of the requests' stack are made of. */
export interface RequestContext {
  readonly stack: Stack;
  readonly make: MakeFunction;
  readonly alarms: AlarmTopic;
  readonly parts: RequestParts;
  readonly tasks: EncryptedStream;
  /** The stream on which outcomes are told, and the key that signs what is on it. */
  readonly exchange: Pick<ServiceEventsStack, 'events' | 'messageKey'>;
  readonly api: PublicApi;
  /** Where services of other stacks put what they gather. */
  readonly handovers: readonly HandoverBucket[];
  /** Hosts at which services may put it. */
  readonly gatheredHosts: readonly string[];
}
