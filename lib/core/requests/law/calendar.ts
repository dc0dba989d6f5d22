import { Temporal } from 'temporal-polyfill';
import type { Length } from './regime.ts';

/** Where and on which days the law's days count. */
export interface Calendar {
  /** IANA zone, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** ISO dates that are no working days. */
  readonly holidays: readonly string[];
}

/** The calendar date on which an instant (ms since the epoch) falls. */
export function dateOf(calendar: Calendar, at: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(calendar.timeZone)
    .toPlainDate();
}

/** The first instant after a date, ms since the epoch. A period "ends with the last hour" of it. */
export function endOf(calendar: Calendar, date: Temporal.PlainDate): number {
  return date.add({ days: 1 }).toZonedDateTime({ timeZone: calendar.timeZone }).epochMilliseconds;
}

function isWorkingDay(calendar: Calendar, date: Temporal.PlainDate): boolean {
  return date.dayOfWeek <= 5 && !calendar.holidays.includes(date.toString());
}

/** The date itself, or the next working day. */
export function rollToWorkingDay(calendar: Calendar, date: Temporal.PlainDate): Temporal.PlainDate {
  let day = date;
  while (!isWorkingDay(calendar, day)) day = day.add({ days: 1 });
  return day;
}

/** The last day of a period that an event on `from` sets going; that day itself is not counted. */
export function lastDay(
  calendar: Calendar,
  from: Temporal.PlainDate,
  length: Length,
): Temporal.PlainDate {
  if ('months' in length) return from.add({ months: length.months }, { overflow: 'constrain' });
  if ('days' in length) return from.add({ days: length.days });
  let day = from;
  for (let counted = 0; counted < length.businessDays;) {
    day = day.add({ days: 1 });
    if (isWorkingDay(calendar, day)) counted++;
  }
  return day;
}
