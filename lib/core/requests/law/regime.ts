import type { RequestType } from '../model/request.ts';

/** How long the law gives, as data. */
export interface Regime {
  readonly name: string;
  readonly period: Period;
  /** Other periods for some types. */
  readonly periodByType?: Readonly<Partial<Record<RequestType, Period>>>;
  /** Business days within which receipt is confirmed. */
  readonly acknowledgeWithinBusinessDays?: number;
  /** Reasons, as codes, for which the clock may stop while the subject owes an answer. */
  readonly pauses: readonly string[];
  /** Types that may be had under this regime. */
  readonly types: readonly RequestType[];
}

export interface Period {
  /** Counted from the day of receipt, which is not itself counted. */
  readonly length: Length;
  /** Whole length once extended, from receipt; absent where the law knows no extension. */
  readonly extended?: Length;
  /** Reasons that allow an extension, as codes. */
  readonly extensionReasons?: readonly string[];
  /** Whether an end on a weekend or holiday moves to the next working day. */
  readonly rollsToWorkingDay: boolean;
}

export type Length =
  { readonly months: number } | { readonly days: number } | { readonly businessDays: number };
