import { Annotations, CfnOutput, Duration } from 'aws-cdk-lib';
import type { orchestrateRequestsEnv } from '../../../lambdas/orchestrate-requests/env.ts';
import type { EnvironmentOf } from '../../../lambdas/runtime/env.ts';
import type { watchDeadlinesEnv } from '../../../lambdas/watch-deadlines/env.ts';
import type { CustomerKey } from '../../constructs/customer-key.ts';
import { MailSender } from '../../constructs/mail-sender.ts';
import { NoticesTopic } from '../../constructs/notices-topic.ts';
import { Timer } from '../../constructs/timer.ts';
import type { RequestConfig } from '../../settings/request-config.ts';
import { consumeTable } from './consume.ts';
import { driveAccess } from './drive-access.ts';
import type { RequestContext } from './request-context.ts';

/** The orchestrator on the table's stream, and the watcher that comes by the clock. */
export function driveRequests(
  context: RequestContext,
  requests: RequestConfig,
  key: CustomerKey,
): void {
  const { stack, make, parts, alarms, tasks } = context;
  const { mail: sender, packageDays } = requests;
  const topic = new NoticesTopic(stack, 'Notices', { key, email: sender.noticesEmail });
  const mail = new MailSender(stack, 'Mail', {
    ...{ key, alarms, address: sender.from, identity: sender.identity },
  });
  if (!sender.isChosen) {
    Annotations.of(stack).addWarningV2(
      'lethe:mail-from',
      `No mail will reach a data subject from ${sender.from}: choose a sender with -c lethe:mail-from=…`,
    );
  }
  const access = driveAccess({ parts, tasks, topic, mail, packageDays });

  const orchestratorEnvironment: EnvironmentOf<typeof orchestrateRequestsEnv> = access.environment;
  const orchestrator = make('Orchestrator', {
    verb: 'orchestrate-requests',
    description: 'Drives a request on whenever it was written',
    environment: orchestratorEnvironment,
    memorySize: 1024,
    timeout: Duration.minutes(5),
  });
  access.grant(orchestrator);
  consumeTable(context, 'Writes', orchestrator);

  const { deadLetters } = parts.buckets;
  const watcherEnvironment: EnvironmentOf<typeof watchDeadlinesEnv> = {
    ...access.environment,
    DEAD_LETTER_BUCKET: deadLetters.bucketName,
  };
  const watcher = make('DeadlineWatcher', {
    verb: 'watch-deadlines',
    description: 'Drives what is due by the clock, and counts how requests stand',
    environment: watcherEnvironment,
    memorySize: 1024,
    timeout: Duration.minutes(5),
    // The next call comes by itself.
    retryAttempts: 0,
    maxEventAge: Duration.minutes(1),
  });
  access.grant(watcher);
  parts.grantListing(watcher, ['by-receipt', 'by-wake-time', 'with-outbox']);
  deadLetters.grantUse(
    watcher,
    ['ListBucket', 'ListBucketVersions', 'DeleteObjectVersion'],
    'letters/',
  );
  const timer = new Timer(stack, 'Timer', { function: watcher, key, alarms });
  timer.every('Drive', Duration.minutes(1), { work: 'drive' });
  timer.every('Survey', Duration.minutes(15), { work: 'survey' });
  timer.every('Expire', Duration.hours(1), { work: 'expire' });

  new CfnOutput(stack, 'NoticesTopic', {
    description: 'Notices for administrators and systems: subscribe here',
    value: topic.topicArn,
  });
}
