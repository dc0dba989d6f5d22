import type { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { AlarmTopic } from '../constructs/alarm-topic.ts';
import { NodeFunction, type NodeFunctionProps } from '../constructs/node-function.ts';

type Choices<Environment extends Readonly<Record<string, string | undefined>>> = Omit<
  NodeFunctionProps<Environment>,
  'alarms' | 'logRetentionDays' | 'retain'
>;

/** Makes a stack's functions, all under the same alarms and log retention. */
export type MakeFunction = <Environment extends Readonly<Record<string, string | undefined>>>(
  id: string,
  props: Choices<Environment>,
) => NodeFunction<Environment>;

export function functionMaker(scope: Construct, config: Config, alarms: AlarmTopic): MakeFunction {
  return (id, props) =>
    new NodeFunction(scope, id, {
      alarms,
      logRetentionDays: config.operations.logRetentionDays,
      retain: config.stage === 'production',
      ...props,
    });
}
