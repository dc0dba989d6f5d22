import type { CallbackOutcome, Callbacks } from '../../core/ports/callbacks.ts';
import type { Processor } from '../opendsr/processor.ts';
import { signedHeaders } from '../opendsr/signed-headers.ts';
import { statusBody } from '../opendsr/status.ts';
import type { PinnedPost } from './pinned-post.ts';

/**
 * OpenDSR's status callbacks (section 8.5): the status with the URL it goes to, signed over the raw
 * body. The engine's outbox decides when, and again until it is accepted.
 */
export function signedCallbacks(
  processor: Pick<Processor, 'domain' | 'signer' | 'resultsUrl'>,
  post: PinnedPost,
): Callbacks {
  return {
    post: async ({ url, status }, request): Promise<CallbackOutcome> => {
      const content = { ...statusBody(processor, request, status), status_callback_url: url };
      const body = Buffer.from(JSON.stringify(content));
      const headers = {
        'content-type': 'application/json',
        ...(await signedHeaders(processor, body)),
      };
      const outcome = await post(url, headers, body);
      if (outcome.kind === 'forbidden') return { kind: 'undeliverable', code: outcome.code };
      if (outcome.kind === 'failed') return outcome;
      if (outcome.status >= 200 && outcome.status < 300) return { kind: 'accepted' };
      const code = `http-${outcome.status}`;
      // Gone for good, says the receiver; anything else may be mended there.
      return outcome.status === 410 ? { kind: 'undeliverable', code } : { kind: 'failed', code };
    },
  };
}
