import { systemCode } from '../../lib/local/durable-files.ts';

/** The SDK's own words for what never came to an answer. */
const UNANSWERED = ['CredentialsProviderError', 'TimeoutError'];

/** The word that the system or AWS has for a failure; undefined for a fault of our own. */
export function failureCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const isOfAws = '$metadata' in error || UNANSWERED.includes(error.name);
  return isOfAws ? error.name : systemCode(error);
}
