import { CfnOutput, Duration } from 'aws-cdk-lib';
import type { redriveLettersEnv } from '../../../lambdas/redrive-letters/env.ts';
import type { registerAgentsEnv } from '../../../lambdas/register-agents/env.ts';
import type { EnvironmentOf } from '../../../lambdas/runtime/env.ts';
import { consoleLink } from '../console-link.ts';
import type { RequestContext } from './request-context.ts';

/** A person's way to send dead letters again. */
export function redriveLetters(context: RequestContext): void {
  const { stack, make, parts, tasks, exchange } = context;
  const { buckets } = parts;
  const environment: EnvironmentOf<typeof redriveLettersEnv> = {
    ...parts.keysEnvironment(),
    DEAD_LETTER_BUCKET: buckets.deadLetters.bucketName,
    TASK_STREAM: tasks.streamName,
    EVENT_STREAM: exchange.events.streamName,
  };
  const redrive = make('LetterRedrive', {
    verb: 'redrive-letters',
    description: 'Sends dead letters again, once their cause is mended',
    environment,
    timeout: Duration.minutes(15),
  });
  parts.grantKeys(redrive, ['get']);
  buckets.deadLetters.grantUse(
    redrive,
    ['GetObject', 'ListBucket', 'ListBucketVersions', 'DeleteObjectVersion'],
    'letters/',
  );
  tasks.grantSend(redrive);
  exchange.events.grantSend(redrive);
  new CfnOutput(stack, 'LetterRedriveLink', {
    description: 'Press Test there to send dead letters again',
    value: consoleLink(redrive),
  });
}

/** A person's way to let an agent send requests, or to take its key away. */
export function registerAgents(context: RequestContext): void {
  const { stack, make, parts } = context;
  const { agents } = parts.tables;
  const environment: EnvironmentOf<typeof registerAgentsEnv> = { AGENTS_TABLE: agents.tableName };
  const register = make('AgentRegister', {
    verb: 'register-agents',
    description: 'Registers agents, and tells each its key once',
    environment,
  });
  agents.grantUse(register, ['PutItem', 'UpdateItem']);
  new CfnOutput(stack, 'AgentRegisterLink', {
    description: 'Press Test there to register an agent, or to revoke its key',
    value: consoleLink(register),
  });
}
