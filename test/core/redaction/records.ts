import fc from 'fast-check';

const SPACES = ['', '', '', '', ' ', '\n', '\t ', '\r\n'];

/** Texts of JSON records full of what makes redaction hard: duplicates, escapes, nesting, spacing. */
export function hostileRecords(keys: readonly string[]): fc.Arbitrary<string> {
  const space = fc.constantFrom(...SPACES);
  const key = fc
    .tuple(
      fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...keys) }, fc.string({ maxLength: 4 })),
      fc.integer({ min: -8, max: 12 }),
    )
    .map(([text, at]) => escapeAt(text, at));
  const scalar = fc.oneof(
    { weight: 5, arbitrary: fc.constant('true') },
    fc.constantFrom('false', 'null', '0', '1', '"true"', '"false"', '1.10', '1e400', '-0', '""'),
    fc.constantFrom(
      '12345678901234567890',
      '"\\ud800"',
      '"a\\"data_share_consent\\":true"',
      '"é𝄞"',
    ),
    fc.constantFrom(
      '"2026-01-01T00:00:00Z"',
      '"REDACTED_CONTENT"',
      '"CANARY-1"',
      '"C\\u0041NARY-1"',
    ),
    fc.string().map((text) => JSON.stringify(text)),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  );
  const { value } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      { weight: 4, arbitrary: scalar },
      { weight: 2, arbitrary: tie('object') },
      { weight: 1, arbitrary: tie('array') },
    ),
    object: members(key, tie('value'), space),
    array: joined(tie('value'), space, '[', ']', 3),
  }));
  return fc
    .tuple(space, members(key, value, space), fc.constantFrom('', '', '\n', '\r\n', ' \n\n', '\t'))
    .map((parts) => parts.join(''));
}

function members(
  key: fc.Arbitrary<string>,
  value: fc.Arbitrary<string>,
  space: fc.Arbitrary<string>,
): fc.Arbitrary<string> {
  const member = fc
    .tuple(key, space, fc.constant(':'), space, value)
    .map((parts) => parts.join(''));
  return joined(member, space, '{', '}', 6);
}

function joined(
  part: fc.Arbitrary<string>,
  space: fc.Arbitrary<string>,
  open: string,
  close: string,
  maxLength: number,
): fc.Arbitrary<string> {
  return fc
    .tuple(fc.array(fc.tuple(space, part, space), { maxLength }), space)
    .map(([parts, empty]) =>
      parts.length === 0
        ? `${open}${empty}${close}`
        : `${open}${parts.map((piece) => piece.join('')).join(',')}${close}`,
    );
}

/** A key in JSON, its character at `at` escaped; as it is when there is none. */
function escapeAt(text: string, at: number): string {
  const characters = Array.from(text, (character, index) =>
    index === at && character.length === 1
      ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
      : JSON.stringify(character).slice(1, -1),
  );
  return `"${characters.join('')}"`;
}
