import type { SqlFault } from '../../core/ports/warehouse.ts';

/** The Data API gives Redshift's message alone. It may quote values: only its kind goes on. */
const MESSAGES: readonly (readonly [RegExp, SqlFault])[] = [
  [/divi(?:de|sion) by zero/i, 'guard'],
  [/serializable isolation|concurrent transaction|deadlock|conflict/i, 'conflict'],
  [/does not exist/i, 'no-such-object'],
  [/permission denied|must be owner|not authorized/i, 'permission'],
  [/syntax error/i, 'syntax'],
  [/too long|out of range|invalid input|cannot insert a null|overflow/i, 'value'],
  [/timeout|timed out|cancell?ed on user|abort/i, 'timeout'],
  [/connection|cluster is (?:being|not)|not available|unavailable/i, 'unavailable'],
];

export function faultOfMessage(message: string): SqlFault {
  return MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ?? 'other';
}

/** Errors of the API itself that pass (Data API reference, common errors). */
const PASSING = new Set([
  'ActiveStatementsExceededException',
  'ActiveSessionsExceededException',
  'ActiveWaitingRequestsExceededException',
  'DatabaseConnectionException',
  'InternalServerException',
  'ServiceUnavailableException',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
]);

export function isPassingError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $metadata: metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return PASSING.has(error.name) || (metadata?.httpStatusCode ?? 0) >= 500;
}
