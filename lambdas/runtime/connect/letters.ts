import { s3DeadLetters } from '../../../lib/aws/messaging/s3-dead-letters.ts';
import type { DeadLetters, LetterStream } from '../../../lib/core/ports/dead-letters.ts';
import type { KeyVault } from '../../../lib/core/ports/key-vault.ts';
import type { deadLettersEnv } from '../engine-env.ts';
import type { Env } from '../env.ts';
import type { Bury } from '../messages.ts';
import { clock, random } from './chance.ts';
import { s3Client } from './clients.ts';

export function connectLetters(
  service: string,
  env: Env<typeof deadLettersEnv>,
  keys: KeyVault,
): DeadLetters {
  return s3DeadLetters(s3Client(service), env.DEAD_LETTER_BUCKET, { keys, random, clock });
}

/** Buries what a consumer of a stream could not handle. */
export function buryAs(letters: DeadLetters, consumer: string, stream: LetterStream): Bury {
  return ({ shardId, sequenceNumber, data }, reason) =>
    letters.add({ consumer, stream, shardId, sequenceNumber, data, reason });
}
