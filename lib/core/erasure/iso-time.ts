const DATE = /^(-?[0-9]{4,6})-([0-9]{2})-([0-9]{2})$/;
const TIMESTAMP =
  /^(-?[0-9]{4,6}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))?$/;
const DAY_MS = 86_400_000;

/** Days since 1970-01-01 of an ISO 8601 date; undefined when there is no such day. */
export function daysOfDate(text: string): number | undefined {
  const found = DATE.exec(text);
  if (!found) return undefined;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.getTime() / DAY_MS;
}

/**
 * Nanoseconds since the epoch of an ISO 8601 timestamp; one without an offset counts as UTC.
 * Undefined when it is none.
 */
export function nanosecondsOfTimestamp(text: string): bigint | undefined {
  const found = TIMESTAMP.exec(text);
  if (!found) return undefined;
  const days = daysOfDate(found[1]!);
  const [hours, minutes, seconds] = [Number(found[2]), Number(found[3]), Number(found[4] ?? '0')];
  if (days === undefined || hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const ahead =
    (Number(found[7] ?? '0') * 60 + Number(found[8] ?? '0')) * (found[6] === '-' ? -1 : 1);
  const wholeSeconds = days * 86_400 + hours * 3600 + (minutes - ahead) * 60 + seconds;
  return BigInt(wholeSeconds) * 1_000_000_000n + BigInt((found[5] ?? '').padEnd(9, '0'));
}
