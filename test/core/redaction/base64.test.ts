import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Base64Decoder } from '../../../lib/core/redaction/base64.ts';

const STRICT = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

test('base64 is taken exactly where a strict pattern takes it', () => {
  const decoder = new Base64Decoder();
  const letters = fc.constantFrom('A', 'z', '9', '+', '/', '=', '=', '-', '_', ' ', '\n', 'é', 'Ł');
  const text = fc.oneof(
    fc.base64String(),
    fc.string({ unit: fc.constantFrom('A', 'z', '+', '='), maxLength: 12 }),
    fc.tuple(fc.base64String(), letters, fc.nat()).map(([base64, letter, at]) => {
      const place = at % (base64.length + 1);
      return base64.slice(0, place) + letter + base64.slice(place + 1);
    }),
  );
  fc.assert(
    fc.property(text, (written) => {
      const bytes = decoder.decode(written);
      expect(bytes !== undefined).toBe(STRICT.test(written));
      if (bytes !== undefined) expect(bytes).toEqual(Buffer.from(written, 'base64'));
    }),
    { numRuns: 3000 },
  );
});
