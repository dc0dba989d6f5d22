import type { Processor } from './processor.ts';

/**
 * The headers that prove whose answer this is: base64 of the signature over the raw body. Both the
 * current names and those from before the rename are sent (OpenDSR 2.0, section 10.1).
 */
export async function signedHeaders(
  processor: Pick<Processor, 'domain' | 'signer'>,
  body: Uint8Array,
): Promise<Record<string, string>> {
  const signature = Buffer.from(await processor.signer.sign(body)).toString('base64');
  return {
    'x-opendsr-processor-domain': processor.domain,
    'x-opendsr-signature': signature,
    'x-opengdpr-processor-domain': processor.domain,
    'x-opengdpr-signature': signature,
  };
}
