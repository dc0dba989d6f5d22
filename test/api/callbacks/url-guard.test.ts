import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../../lib/api/callbacks/address-guard.ts';
import { callbackUrlFault } from '../../../lib/api/callbacks/url-guard.ts';

describe('a callback URL', () => {
  it.each([
    'https://controller.example.com/callbacks',
    'https://controller.example.com/a?b=c&d=%20',
    'https://controller.example.com:443/',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
    'https://xn--bcher-kva.example/',
  ])('may be %s', (url) => {
    expect(callbackUrlFault(url)).toBeUndefined();
  });

  it.each([
    'http://controller.example.com/',
    'ftp://controller.example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '//controller.example.com/',
    '/callbacks',
    '',
    'https://',
    'https://user@controller.example.com/',
    'https://user:pass@controller.example.com/',
    'https://@controller.example.com/',
    'https://controller.example.com@169.254.169.254/',
    'https://controller.example.com:8443/',
    'https://controller.example.com:22/',
    'https://controller.example.com/#x',
    'https://controller.example.com/\r\nX-Injected: 1',
    'https://controller.example.com/ x',
    'https://controller.example.com\\@127.0.0.1/',
    'https://\u2025example.com/',
    'https://bücher.example/',
    `https://controller.example.com/${'x'.repeat(2_000)}`,
    'https://localhost/',
    'https://LOCALHOST./',
    'https://api.localhost/',
    'https://metadata.google.internal/',
    'https://printer.local/',
    'https://intranet/',
    'https://vpc.corp/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://0177.0.0.1/',
    'https://0x7f.0.0.1/',
    'https://0x7f000001/',
    'https://2130706433/',
    'https://017700000001/',
    'https://127.0.0.1./',
    'https://0.0.0.0/',
    'https://0/',
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://172.31.255.255/',
    'https://192.168.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://2852039166/',
    'https://0xA9FEA9FE/',
    'https://100.64.0.1/',
    'https://198.18.0.1/',
    'https://192.0.0.192/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[64:ff9b:1::a9fe:a9fe]/',
    'https://[2002:7f00:1::]/',
    'https://[2001:0:7f00:1::]/',
    'https://[fe80::1]/',
    'https://[fe80::1%25eth0]/',
    'https://[fc00::1]/',
    'https://[fd00:ec2::254]/',
    'https://[ff02::1]/',
    'https://[2001:db8::1]/',
  ])('may not be %j', (url) => {
    expect(callbackUrlFault(url)).toBeDefined();
  });
});

describe('a public address', () => {
  it('is no IPv4 address of a special range, in whatever IPv6 form it comes', () => {
    const special = fc.constantFrom(
      [10, 8],
      [127, 8],
      [0, 8],
      [169 * 256 + 254, 16],
      [192 * 256 + 168, 16],
      [172 * 256 + 16, 12],
    );
    fc.assert(
      fc.property(special, fc.nat(2 ** 24 - 1), ([network, bits], host) => {
        const base = bits === 8 ? network * 2 ** 24 : network * 2 ** 16;
        const number = base + (host % 2 ** (32 - bits));
        const octets = [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256);
        const dotted = octets.join('.');
        const [high, low] = [Math.floor(number / 65_536), number % 65_536].map((n) =>
          n.toString(16),
        );
        for (const text of [
          dotted,
          `::ffff:${dotted}`,
          `::ffff:${high}:${low}`,
          `::${high}:${low}`,
          `64:ff9b::${high}:${low}`,
          `2002:${high}:${low}::`,
        ]) {
          expect(isPublicAddress(text)).toBe(false);
        }
      }),
    );
  });

  it.each(['', 'x', '8.8.8', '8.8.8.8.8', '08.8.8.8', '1.1.1.1 ', '8.8.8.8%eth0', '1::%1'])(
    'is not %j',
    (text) => {
      expect(isPublicAddress(text)).toBe(false);
    },
  );
});
