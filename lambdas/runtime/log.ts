import { Logger } from '@aws-lambda-powertools/logger';

/**
 * All that a log line may carry beside its message. None of them can hold personal data: counts,
 * times, and names that the code or AWS chose. Adding a key here is a privacy decision.
 */
const NUMBERS = [
  'records',
  'kept',
  'redacted',
  'failed',
  'failedForRoom',
  'accepted',
  'unaccepted',
  'resent',
  'throttled',
  'shards',
  'bytesIn',
  'bytesOut',
  'milliseconds',
  'faults',
  'staleMilliseconds',
  'statusCode',
  'driven',
  'executed',
  'merged',
  'ignored',
  'buried',
  'again',
  'expired',
  'exported',
  'gaps',
  'conflicts',
  'open',
  'redriven',
  'people',
] as const;
const NAMES = ['errorName', 'errorCode', 'area', 'operationId', 'caller'] as const;
/** Counts by a name that the code chose, such as the reason of a failure. */
const TALLIES = ['failures'] as const;

export type LogFields = Readonly<
  Partial<
    Record<(typeof NUMBERS)[number], number> &
      Record<(typeof NAMES)[number], string> &
      Record<(typeof TALLIES)[number], Readonly<Record<string, number>>>
  >
>;

/** A message known when the code was written: nothing read from an event fits. */
type Literal<M extends string> = string extends M ? never : M;

export interface Log {
  info<M extends string>(message: Literal<M>, fields?: LogFields): void;
  warn<M extends string>(message: Literal<M>, fields?: LogFields): void;
  /** Logs an error's name and code. Never its message: parsers quote what they could not parse. */
  error<M extends string>(message: Literal<M>, error: unknown, fields?: LogFields): void;
}

/** Names of error classes, AWS error codes and reasons; what does not look so is not printed. */
const NAME = /^[A-Za-z][\w.-]{0,99}$/;

/** Structured log lines on standard output, by Powertools. */
export function createLog(serviceName: string): Log {
  const logger = new Logger({ serviceName });
  return {
    info: (message, fields = {}) => logger.info(message, allowed(fields)),
    warn: (message, fields = {}) => logger.warn(message, allowed(fields)),
    error: (message, error, fields = {}) =>
      logger.error(message, allowed({ ...fields, ...errorFields(error) })),
  };
}

/** Name and code of whatever was thrown, where they look like names. */
export function errorFields(error: unknown): { errorName: string; errorCode?: string } {
  if (!(error instanceof Error)) return { errorName: 'NotAnError' };
  const errorName = NAME.test(error.name) ? error.name : 'Error';
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && NAME.test(code)
    ? { errorName, errorCode: code }
    : { errorName };
}

/** Drops what the type would have refused, for callers that went around it. */
function allowed(fields: LogFields): Record<string, unknown> {
  const given: Readonly<Record<string, unknown>> = fields;
  const kept: Record<string, unknown> = {};
  for (const key of NUMBERS) {
    if (typeof given[key] === 'number') kept[key] = given[key];
  }
  for (const key of NAMES) {
    if (typeof given[key] === 'string' && NAME.test(given[key])) kept[key] = given[key];
  }
  for (const key of TALLIES) {
    const tally = Object.entries(given[key] ?? {}).filter(
      ([name, count]) => NAME.test(name) && typeof count === 'number',
    );
    if (tally.length > 0) kept[key] = Object.fromEntries(tally);
  }
  return kept;
}
