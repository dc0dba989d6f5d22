import type { Hono } from 'hono';
import { createApi } from '../../lib/api/app.ts';
import { requestDesk } from '../../lib/api/desk.ts';
import { apiGatewayConnection } from '../../lib/api/http/connections.ts';
import type { ApiLog } from '../../lib/api/http/answer.ts';
import { presignedDownload } from '../../lib/aws/presigned-download.ts';
import { s3ObjectStore } from '../../lib/aws/s3-object-store.ts';
import type { DataMap } from '../../lib/core/data-map/schema.ts';
import { clock, random } from '../runtime/connect/chance.ts';
import { s3Client, secretsClient } from '../runtime/connect/clients.ts';
import { connectKeys } from '../runtime/connect/keys.ts';
import { connectCallers } from '../runtime/connect/callers.ts';
import { connectRequests } from '../runtime/connect/requests.ts';
import { readKeys } from '../runtime/connect/secrets.ts';
import { connectSite } from '../runtime/connect/site.ts';
import { type Env, EnvError } from '../runtime/env.ts';
import { administratorsOf } from './administrators.ts';
import { readCertificate } from './certificate.ts';
import type { handleApiEnv } from './env.ts';
import { packageOpener } from './open-package.ts';

/** The very API that runs on one machine, on AWS. */
export async function connectApi(
  service: string,
  env: Env<typeof handleApiEnv>,
  dataMap: DataMap,
  log: ApiLog,
): Promise<Hono> {
  const identities = env.IDENTITIES ?? { email: 'email' };
  const unknown = Object.values(identities).filter((name) => !(name in dataMap.identifiers));
  if (unknown.length > 0) {
    throw new EnvError(unknown.map((name) => `IDENTITIES: ${name} is not in the data map`));
  }
  const { subjectHashKey, linkKey } = await readKeys(service, {
    subjectHashKey: env.SUBJECT_HASH_KEY_SECRET,
    linkKey: env.LINK_KEY_SECRET,
  });
  const { processor, signer } = await connectSite(service, env, linkKey);
  const certificatePem = await readCertificate(
    secretsClient(service),
    env.CERTIFICATE_SECRET,
    signer.publicKeyPem,
    processor.domain,
  );
  const keys = connectKeys(service, env);
  const s3 = s3Client(service);
  const { agents, rateLimits } = connectCallers(service, env, subjectHashKey);
  return createApi({
    desk: requestDesk({ ...connectRequests(service, env), keys, dataMap, subjectHashKey }),
    processor: { ...processor, certificatePem, identities },
    authentication: { agents, administrators: administratorsOf(env.ADMINISTRATORS, clock) },
    openPackage: packageOpener({
      ...{ keys, random },
      objects: s3ObjectStore(s3, env.PACKAGES_BUCKET),
      presign: presignedDownload(s3, env.PACKAGES_BUCKET, 'my-data.zip'),
    }),
    connection: apiGatewayConnection,
    ...{ clock, linkKey, log, rateLimits },
    dashboardOrigins: env.DASHBOARD_ORIGINS ?? [],
  });
}
