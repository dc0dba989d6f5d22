import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import {
  CALL_TIMEOUT,
  lambdaAnswerSchema,
  REPLY_LIMIT,
  type LambdaCall,
} from '../../core/services/protocol.ts';
import type { ServicePost } from '../../core/services/service-client.ts';
import { ServiceWireError } from '../../core/services/service-ports.ts';

/** Status and braces around a reply. */
const AROUND = 1_024;

/** The protocol's wire as calls of a Lambda function, which answers `{"status":200,"body":{…}}`. */
export function lambdaPost(
  client: LambdaClient,
  functionArn: string,
  timeout: number = CALL_TIMEOUT,
): ServicePost {
  return async (path, body) => {
    const call: LambdaCall = { method: 'POST', path, body };
    const { FunctionError, Payload } = await client
      .send(
        new InvokeCommand({
          FunctionName: functionArn,
          InvocationType: 'RequestResponse',
          Payload: Buffer.from(JSON.stringify(call)),
        }),
        { abortSignal: AbortSignal.timeout(timeout) },
      )
      .catch((error: unknown) => {
        throw new ServiceWireError(codeOf(error), error);
      });
    // What a function threw may quote the call: only the fact is passed on.
    if (FunctionError !== undefined) throw new ServiceWireError('function-threw');
    const bytes = Buffer.from(Payload ?? []);
    if (bytes.byteLength > REPLY_LIMIT + AROUND) throw new ServiceWireError('reply-too-large');
    const answer = lambdaAnswerSchema.safeParse(parseJson(bytes));
    if (!answer.success) throw new ServiceWireError('malformed-answer');
    return { status: answer.data.status, body: answer.data.body };
  };
}

function codeOf(error: unknown): string {
  const { name } = error instanceof Error ? error : { name: '' };
  if (name === 'AbortError' || name === 'TimeoutError') return 'timeout';
  return /^[A-Za-z]{1,60}Exception$/.test(name) ? name : 'unreachable';
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
