import { randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { createKinesisClient } from '../../../lib/aws/kinesis-record-stream.ts';
import { kinesisTaskStream } from '../../../lib/aws/messaging/kinesis-task-stream.ts';
import { createNoticeClients, snsSesNotifier } from '../../../lib/aws/notices/sns-ses-notifier.ts';
import { s3ObjectStore } from '../../../lib/aws/s3-object-store.ts';
import { pinnedPost } from '../../../lib/api/callbacks/pinned-post.ts';
import { signedCallbacks } from '../../../lib/api/callbacks/signed-callbacks.ts';
import { objectGatheredStore } from '../../../lib/core/access-package/object-gathered-store.ts';
import {
  type PackagerDependencies,
  sealedPackager,
} from '../../../lib/core/access-package/packager.ts';
import type { DataMap } from '../../../lib/core/data-map/schema.ts';
import { withoutStores } from '../../../lib/core/data-map/without-stores.ts';
import type { DriveDependencies } from '../../../lib/core/requests/verbs/drive-request.ts';
import type { driveEnv } from '../engine-env.ts';
import type { Env } from '../env.ts';
import { traced } from '../trace.ts';
import { clock, random } from './chance.ts';
import { dynamodbClient, s3Client } from './clients.ts';
import { connectKeys } from './keys.ts';
import { connectRequests } from './requests.ts';
import { readKeys } from './secrets.ts';
import { connectCrosswalk, connectServices } from './services.ts';
import { connectSite } from './site.ts';

const DAY = 24 * 60 * 60 * 1_000;

export interface ConnectedDrive {
  deps: DriveDependencies;
  packaging: PackagerDependencies;
}

/** The engine on AWS: what orchestrating, relaying, concluding and closing work with. */
export async function connectDrive(
  service: string,
  env: Env<typeof driveEnv>,
  wholeMap: DataMap,
): Promise<ConnectedDrive> {
  const dataMap = withoutStores(wholeMap, env.STORES_LEFT_OUT ?? []);
  const { subjectHashKey, linkKey, messageSecret } = await readKeys(service, {
    subjectHashKey: env.SUBJECT_HASH_KEY_SECRET,
    linkKey: env.LINK_KEY_SECRET,
    messageSecret: env.MESSAGE_KEY_SECRET,
  });
  const [{ site, processor, signer }, { services, liftSuppression }] = await Promise.all([
    connectSite(service, env, linkKey),
    connectServices(service, env, dataMap),
  ]);
  const keys = connectKeys(service, env);
  const s3 = s3Client(service);
  const objects = s3ObjectStore(s3, env.GATHERED_BUCKET);
  const gathered = objectGatheredStore(objects, { keys, random });
  const packaging: PackagerDependencies = {
    ...{ gathered, keys, random, clock, dataMap },
    objects: s3ObjectStore(s3, env.PACKAGES_BUCKET),
    lifetime: env.PACKAGE_DAYS * DAY,
  };
  const { ses, sns } = createNoticeClients();
  const configurationSet = env.MAIL_CONFIGURATION_SET;
  const notifier = snsSesNotifier({
    ...{ site, clock, newClaimId: randomUUID },
    ses: traced(service, ses),
    sns: traced(service, sns),
    dynamodb: dynamodbClient(service),
    table: env.NOTICES_TABLE,
    topicArn: env.NOTICES_TOPIC,
    from: env.MAIL_FROM,
    ...(configurationSet !== undefined && { configurationSet }),
  });
  const resolve = async (host: string): Promise<string[]> =>
    (await lookup(host, { all: true })).map(({ address }) => address);
  const kinesis = traced(service, createKinesisClient());
  const deps: DriveDependencies = {
    ...connectRequests(service, env),
    ...{ keys, gathered, services, liftSuppression, notifier, signer, dataMap, subjectHashKey },
    crosswalk: connectCrosswalk(service, env.CROSSWALK),
    tasks: kinesisTaskStream(kinesis, env.TASK_STREAM, messageSecret),
    packager: sealedPackager(packaging),
    callbacks: signedCallbacks(processor, pinnedPost({ resolve })),
  };
  return { deps, packaging };
}
