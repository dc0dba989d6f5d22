import { Buffer } from 'node:buffer';
import fc from 'fast-check';

/** The strict parser that ours is held against. */
export function strictParse(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
}

export function strictAccepts(bytes: Uint8Array): boolean {
  try {
    strictParse(bytes);
    return true;
  } catch {
    return false;
  }
}

/** JSON with a few bytes changed, inserted or taken away: often still valid, often barely not. */
export function damagedJson(json: fc.Arbitrary<string> = fc.json()): fc.Arbitrary<Uint8Array> {
  const byte = fc.oneof(
    fc.constantFrom(...Buffer.from('{}[]",:\\ut0eE+-. \n\t\ufeff')),
    fc.integer({ min: 0, max: 255 }),
  );
  const change = fc.record({
    at: fc.nat(),
    take: fc.nat({ max: 2 }),
    put: fc.array(byte, { maxLength: 2 }),
  });
  return fc.tuple(json, fc.array(change, { maxLength: 2 })).map(([text, changes]) => {
    const bytes = [...Buffer.from(text)];
    for (const { at, take, put } of changes) bytes.splice(at % (bytes.length + 1), take, ...put);
    return Uint8Array.from(bytes);
  });
}
