import fc from 'fast-check';

/** A JSON value that remembers how it is meant, with doubled keys and exact numbers. */
export type Model =
  | { kind: 'string'; text: string }
  | { kind: 'number'; digits: number; exponent: number }
  | { kind: 'word'; word: 'true' | 'false' | 'null' }
  | { kind: 'list'; items: Model[] }
  | { kind: 'object'; members: [string, Model][] };

const scalar: fc.Arbitrary<Model> = fc.oneof(
  fc
    .oneof(
      fc.constantFrom('7', '12', '15', '15.0', '1.50', '1.5', '', 'x', 'y', '3', '7.0', 'false'),
      fc.string({ unit: 'binary', maxLength: 6 }),
    )
    .map((text): Model => ({ kind: 'string', text })),
  fc
    .tuple(fc.constantFrom(7, 70, 15, 150, 3, 0, -7, 12), fc.integer({ min: -2, max: 2 }))
    .map(([digits, exponent]): Model => ({ kind: 'number', digits, exponent })),
  fc.constantFrom('true', 'false', 'null').map((word): Model => ({ kind: 'word', word })),
);

const key = fc.constantFrom('id', 'id', 'name', 'name', 'a', 'b', 'k.k', 'zz');

const { value } = fc.letrec<{ value: Model }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 4, arbitrary: scalar },
    {
      weight: 1,
      arbitrary: fc
        .array(tie('value'), { maxLength: 3 })
        .map((items): Model => ({ kind: 'list', items })),
    },
    {
      weight: 2,
      arbitrary: fc
        .array(fc.tuple(key, tie('value')), { maxLength: 4 })
        .map((members): Model => ({ kind: 'object', members })),
    },
  ),
}));

export const rowModel: fc.Arbitrary<Model> = fc
  .array(fc.tuple(key, value), { maxLength: 5 })
  .map((members): Model => ({ kind: 'object', members }));

/** Writes a model as JSON; `choices` decide white space, escapes and writings of numbers. */
export function modelText(model: Model, choices: Iterator<number>): string {
  const pick = () => choices.next().value as number;
  const space = () => ['', '', '', '', '', '', '', ' ', '\t', ' \r '][pick()]!;
  const quoted = (text: string) => {
    const plain = JSON.stringify(text);
    if (pick() > 1 || text === '') return plain;
    const first = text.charCodeAt(0).toString(16).padStart(4, '0');
    return `"\\u${first}${JSON.stringify(text.slice(1)).slice(1)}`;
  };
  const write = (one: Model): string => {
    switch (one.kind) {
      case 'string':
        return quoted(one.text);
      case 'number':
        return numberText(one.digits, one.exponent, pick());
      case 'word':
        return one.word;
      case 'list':
        return `[${space()}${one.items.map((item) => write(item) + space()).join(`,${space()}`)}]`;
      case 'object': {
        const members = one.members.map(
          ([name, inner]) => `${quoted(name)}${space()}:${space()}${write(inner)}${space()}`,
        );
        return `{${space()}${members.join(`,${space()}`)}}`;
      }
    }
  };
  return space() + write(model) + space();
}

function numberText(digits: number, exponent: number, choice: number): string {
  if (exponent >= 0 && choice > 3) return String(digits * 10 ** exponent);
  if (exponent < 0 && choice > 3) return (digits * 10 ** exponent).toFixed(-exponent);
  return `${digits}${choice > 1 ? 'e' : 'E'}${exponent}`;
}

/** Whether a row matches, by going over all criteria and all values: slow and plain. */
export function expectedOf(
  row: Model,
  criteria: readonly { match: object }[],
  strict: boolean,
): boolean {
  return criteria.some(({ match }) =>
    Object.entries(match).every(([path, sought]) => {
      const names = path.startsWith('[') ? (JSON.parse(path) as string[]) : path.split('.');
      return valuesAt(row, names).some((found) => equal(found, sought as string, strict));
    }),
  );
}

function valuesAt(model: Model, names: readonly string[]): Model[] {
  if (model.kind === 'list') return model.items.flatMap((item) => valuesAt(item, names));
  const [first, ...rest] = names;
  if (first === undefined) return [model];
  if (model.kind !== 'object') return [];
  return model.members
    .filter(([name]) => name === first)
    .flatMap(([, inner]) => valuesAt(inner, rest));
}

function equal(found: Model, sought: string | number | boolean, strict: boolean): boolean {
  if (found.kind === 'string') {
    if (typeof sought === 'string') return found.text === sought;
    return (
      !strict && typeof sought === 'number' && isNumber(found.text) && Number(found.text) === sought
    );
  }
  if (found.kind === 'number') {
    // Small enough that doubles are exact where they are compared.
    const value = Number(`${found.digits}e${found.exponent}`);
    if (typeof sought === 'number') return value === sought;
    return !strict && typeof sought === 'string' && isNumber(sought) && Number(sought) === value;
  }
  return found.kind === 'word' && found.word === String(sought) && typeof sought === 'boolean';
}

function isNumber(text: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text);
}
