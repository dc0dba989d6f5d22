import { openKmsSigner } from '../../../lib/aws/keys/kms-signer.ts';
import type { Processor } from '../../../lib/api/opendsr/processor.ts';
import { packageUrl, type Site } from '../../../lib/core/notices/site.ts';
import type { siteEnv } from '../engine-env.ts';
import type { Env } from '../env.ts';
import { kmsClient } from './clients.ts';

export interface ConnectedSite {
  site: Site;
  /** All of it but what only the API's own routes tell. */
  processor: Omit<Processor, 'certificatePem' | 'identities'>;
  signer: Awaited<ReturnType<typeof openKmsSigner>>;
}

/** Who we are, and the key that proves it. */
export async function connectSite(
  service: string,
  env: Env<typeof siteEnv>,
  linkKey: Uint8Array,
): Promise<ConnectedSite> {
  const { organisation, baseUrl, domain = new URL(baseUrl).hostname } = env.SITE;
  const signer = await openKmsSigner(kmsClient(service), env.SIGNING_KMS_KEY);
  const site: Site = { organisation, baseUrl, linkKey };
  const resultsUrl = (dsrId: string, expiresAt: number): string =>
    packageUrl(site, dsrId, expiresAt);
  return { site, signer, processor: { domain, baseUrl, signer, resultsUrl } };
}
