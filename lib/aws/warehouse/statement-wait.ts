import {
  CancelStatementCommand,
  DescribeStatementCommand,
  type DescribeStatementResponse,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import type { Clock } from '../../core/ports/clock.ts';
import { type SqlFault, WarehouseError } from '../../core/ports/warehouse.ts';
import { faultOfMessage, isPassingError } from './redshift-faults.ts';

/** How long is waited for the service, and how. Durations in ms. */
export interface Patience {
  readonly clock: Clock;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** At least 0, below 1. */
  readonly random: () => number;
  /** For a statement to end; then it is cancelled. */
  readonly statementTimeout: number;
}

export type EndedStatement =
  | { readonly kind: 'finished'; readonly statement: DescribeStatementResponse }
  | {
      readonly kind: 'failed';
      readonly fault: SqlFault;
      readonly statement: DescribeStatementResponse;
    };

const FIRST_LOOK = 50;
const LONGEST_PAUSE = 5_000;
/** Throttled so often in a row, waited about a minute in all: somebody else must know. */
const MOST_TRIES = 20;
/** After a cancel the end is near; so often it is looked for. */
const LOOKS_AFTER_CANCEL = 20;

/** Sends until it is taken: a throttle waits, doubling, with full jitter. @throws {WarehouseError} */
export async function persist<Answer>(
  { sleep, random }: Patience,
  send: () => Promise<Answer>,
): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (error) {
      // The message may quote the statement's parameters.
      if (!isPassingError(error)) throw new WarehouseError(refusalOf(error));
      if (tries === MOST_TRIES) throw new WarehouseError('unavailable');
      await sleep(random() * Math.min(LONGEST_PAUSE, FIRST_LOOK * 2 ** tries));
    }
  }
}

function refusalOf(error: unknown): SqlFault {
  if (!(error instanceof Error)) return 'other';
  if (error.name === 'AccessDeniedException') return 'permission';
  if (error.name === 'ResourceNotFoundException') return 'no-such-object';
  return error.name === 'ValidationException' ? 'value' : 'other';
}

/**
 * Looks until a statement has ended; later and later, at most every few seconds. What takes too long
 * is cancelled, and may have ended well all the same.
 * @throws {WarehouseError} when it cannot be told how it ended.
 */
export async function awaitStatement(
  patience: Patience,
  client: Pick<RedshiftDataClient, 'send'>,
  id: string,
): Promise<EndedStatement> {
  const { clock, sleep, statementTimeout } = patience;
  const deadline = clock.now() + statementTimeout;
  const look = () => persist(patience, () => client.send(new DescribeStatementCommand({ Id: id })));
  let pause = FIRST_LOOK;
  let isCancelled = false;
  for (let looksLeft = LOOKS_AFTER_CANCEL; looksLeft > 0;) {
    const ended = readEnd(await look(), isCancelled);
    if (ended !== undefined) return ended;
    if (isCancelled) looksLeft -= 1;
    else if (clock.now() >= deadline) {
      isCancelled = true;
      pause = FIRST_LOOK;
      await cancel(patience, client, id);
    }
    await sleep(pause);
    pause = Math.min(LONGEST_PAUSE, pause * 2);
  }
  throw new WarehouseError('unavailable');
}

function readEnd(
  statement: DescribeStatementResponse,
  isCancelled: boolean,
): EndedStatement | undefined {
  switch (statement.Status) {
    case 'FINISHED':
      return { kind: 'finished', statement };
    case 'FAILED':
      return { kind: 'failed', fault: faultOfMessage(statement.Error ?? ''), statement };
    case 'ABORTED':
      return { kind: 'failed', fault: isCancelled ? 'timeout' : 'conflict', statement };
    default:
      return undefined;
  }
}

/** It may have ended just now, which the service answers with an error: the next look tells. */
async function cancel(
  patience: Patience,
  client: Pick<RedshiftDataClient, 'send'>,
  id: string,
): Promise<void> {
  try {
    await persist(patience, () => client.send(new CancelStatementCommand({ Id: id })));
  } catch (error) {
    if (!(error instanceof WarehouseError)) throw error;
  }
}
