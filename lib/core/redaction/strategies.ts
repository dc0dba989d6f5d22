import { Buffer } from 'node:buffer';
import { decimalText } from '../json/decimal-text.ts';
import { decodeString } from '../json/text.ts';
import { generalise } from './generalise.ts';
import type { KeyedHash } from './keyed-hash.ts';
import { REDACTED_CONTENT, type FieldRule } from './policy.ts';

const FALLBACK = Buffer.from(JSON.stringify(REDACTED_CONTENT));
const QUOTE = 0x22;

/**
 * The JSON text that takes the place of the value in `bytes[start, end)`.
 *
 * No mark in a record is believed, since whoever sends the record can set it. Instead each strategy
 * answers its own output with the same output, so that twice equals once and a record that only
 * pretends to be redacted is redacted all the same. A value that a strategy cannot treat (an object
 * to be hashed, a text to be generalised) becomes {@link REDACTED_CONTENT}, which all leave alone.
 */
export function replacementFor(
  field: FieldRule,
  bytes: Uint8Array,
  start: number,
  end: number,
  keyedHash: KeyedHash | undefined,
): Uint8Array {
  if (field.fixed !== undefined) return field.fixed;
  const first = bytes[start]!;
  const isString = first === QUOTE;
  if (!isString && first !== 0x2d && !(first >= 0x30 && first <= 0x39)) return FALLBACK;
  const text = isString ? decodeString(bytes, start, end) : latin1(bytes, start, end);
  if (text === REDACTED_CONTENT) return FALLBACK;
  const { strategy } = field;
  switch (strategy.kind) {
    case 'replace':
    case 'drop':
      return FALLBACK;
    case 'mask':
      return jsonText(mask(text, strategy.keepLast, strategy.maskWith ?? '*'));
    case 'keyed-hash':
      if (keyedHash === undefined) throw new TypeError('a keyed hash needs a key');
      return jsonText(keyedHash.token(isString ? text : decimalText(text)!));
    case 'generalise': {
      const coarse = generalise(text, isString, strategy.to);
      if (coarse === undefined) return FALLBACK;
      return isString ? jsonText(coarse) : Buffer.from(coarse);
    }
  }
}

/**
 * All but the last `keep` characters (code points) behind the mask, one for one. A value that is not
 * longer than what may be kept would be kept whole: it is masked whole instead.
 */
function mask(text: string, keep: number, maskWith: string): string {
  const characters = Array.from(text);
  const hidden = characters.length > keep ? characters.length - keep : characters.length;
  return maskWith.repeat(hidden) + characters.slice(hidden).join('');
}

function jsonText(text: string): Uint8Array {
  return Buffer.from(JSON.stringify(text));
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
