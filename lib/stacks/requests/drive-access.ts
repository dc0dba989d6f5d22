import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { driveEnv } from '../../../lambdas/runtime/engine-env.ts';
import type { EnvironmentOf } from '../../../lambdas/runtime/env.ts';
import type { EncryptedStream } from '../../constructs/encrypted-stream.ts';
import type { MailSender } from '../../constructs/mail-sender.ts';
import type { NoticesTopic } from '../../constructs/notices-topic.ts';
import type { RequestParts } from './request-parts.ts';

export interface DriveProps {
  readonly parts: RequestParts;
  readonly tasks: EncryptedStream;
  readonly topic: NoticesTopic;
  readonly mail: MailSender;
  readonly packageDays: number;
}

/** What driving a request needs: the orchestrator and the watcher do the same. */
export function driveAccess({ parts, tasks, topic, mail, packageDays }: DriveProps): {
  environment: EnvironmentOf<typeof driveEnv>;
  grant: (fn: IFunction) => void;
} {
  const { tables, buckets, keys, messageKey, services } = parts;
  return {
    environment: {
      ...parts.requestsEnvironment(),
      ...parts.leftOutEnvironment(),
      ...parts.keysEnvironment(),
      ...parts.subjectsEnvironment(),
      ...parts.siteEnvironment(),
      ...parts.suppressionEnvironment(),
      MESSAGE_KEY_SECRET: messageKey.secretArn,
      GATHERED_BUCKET: buckets.gathered.bucketName,
      SERVICES: services.routes(),
      TASK_STREAM: tasks.streamName,
      CROSSWALK: services.crosswalkRoute(),
      PACKAGES_BUCKET: buckets.packages.bucketName,
      PACKAGE_DAYS: String(packageDays),
      NOTICES_TABLE: tables.notices.tableName,
      NOTICES_TOPIC: topic.topicArn,
      MAIL_FROM: mail.address,
      MAIL_CONFIGURATION_SET: mail.configurationSetName,
    },
    grant: (fn) => {
      parts.grantRequests(fn);
      parts.grantPointers(fn);
      parts.grantKeys(fn, ['create', 'get', 'destroy']);
      parts.grantLifting(fn);
      keys.subjectHash.grantKey(fn);
      keys.link.grantKey(fn);
      keys.signing.grantSign(fn);
      messageKey.grantKey(fn);
      tasks.grantSend(fn);
      services.grantCalls(fn);
      services.grantCrosswalk(fn);
      buckets.gathered.grantUse(
        fn,
        ['GetObject', 'ListBucket', 'ListBucketVersions', 'DeleteObjectVersion'],
        'gathered/',
      );
      buckets.packages.grantUse(fn, [
        'PutObject',
        'AbortMultipartUpload',
        'ListBucketVersions',
        'DeleteObjectVersion',
      ]);
      tables.notices.grantUse(fn, ['PutItem', 'UpdateItem', 'DeleteItem']);
      topic.grantSend(fn);
      mail.grantSend(fn);
    },
  };
}
