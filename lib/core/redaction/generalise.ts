/** ISO 8601 date, alone or with a time of day. */
const DATE =
  /^([0-9]{4})-(0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?$/;
const MONTH = /^[0-9]{4}-(?:0[1-9]|1[0-2])$/;
const YEAR = /^[0-9]{4}$/;
/** Longer numbers are no measure of anything; they are not made coarser but taken away. */
const NUMBER = /^(-?)([0-9]{1,30})(?:\.([0-9]{1,30}))?$/;

/**
 * A coarser text for a date or number, or undefined when the value is neither. What is already as
 * coarse as asked, or coarser, is left as it is, so that twice equals once.
 */
export function generalise(
  text: string,
  isString: boolean,
  to: 'year' | 'month' | { bucket: number },
): string | undefined {
  if (typeof to === 'object') return bucketOf(text, BigInt(to.bucket));
  if (!isString) return undefined;
  if (YEAR.test(text)) return text;
  if (MONTH.test(text)) return to === 'year' ? text.slice(0, 4) : text;
  return DATE.test(text) ? text.slice(0, to === 'year' ? 4 : 7) : undefined;
}

/** The bucket's lower bound: 37 by 10 is 30, -1 by 10 is -10. Exact, whatever the size. */
function bucketOf(text: string, bucket: bigint): string | undefined {
  const parts = NUMBER.exec(text);
  if (parts === null) return undefined;
  const [, sign, whole = '', fraction = ''] = parts;
  const magnitude = BigInt(whole);
  const value = sign === '-' ? -magnitude : magnitude;
  const rest = ((value % bucket) + bucket) % bucket;
  const isBelow = sign === '-' && rest === 0n && /[1-9]/.test(fraction);
  return String(isBelow ? value - bucket : value - rest);
}
