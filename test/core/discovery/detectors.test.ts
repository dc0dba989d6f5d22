import fc from 'fast-check';
import { expect, test } from 'vitest';

import { maskValue } from '../../../lib/core/discovery/mask.ts';
import * as ids from '../../../lib/core/discovery/values/national-ids.ts';
import { isCard, isIban } from '../../../lib/core/discovery/values/payment.ts';

test.each([
  ['BSN', ids.isBsn, '111222333'],
  ['Steuer-ID', ids.isSteuerId, '86095742719'],
  ['NIR', ids.isNir, '255081416802538'],
  ['DNI', ids.isDni, '12345678Z'],
  ['NIE', ids.isDni, 'X1234567L'],
  ['codice fiscale', ids.isCodiceFiscale, 'RSSMRA85T10A562S'],
  ['PESEL', ids.isPesel, '44051401359'],
  ['personnummer', ids.isPersonnummer, '811228-9874'],
  ['CPF', ids.isCpf, '529.982.247-25'],
  ['card', isCard, '4111111111111111'],
  ['IBAN', isIban, 'DE89 3704 0044 0532 0130 00'],
])('%s: knows the published specimen, and none with its last sign changed', (_, is, specimen) => {
  expect(is(specimen)).toBe(true);
  const last = specimen.at(-1)!;
  const others = /\d/.test(last)
    ? Array.from('0123456789')
    : Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
  for (const other of others.filter((sign) => sign !== last)) {
    expect(is(specimen.slice(0, -1) + other), other).toBe(false);
  }
});

test('a masked example never holds the value', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('email', 'name', 'card', 'us-ssn', 'ip-address', 'birth-date', 'address'),
      fc
        .string({ minLength: 1, unit: 'grapheme' })
        .filter((text) => /[\p{L}\p{N}]/u.test(text) && !text.includes('*')),
      (kind, text) => !maskValue(kind, text).includes(text),
    ),
  );
});
