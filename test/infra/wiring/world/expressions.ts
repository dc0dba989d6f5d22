/** A value as DynamoDB's protocol writes it: `{"S":"text"}`. */
export type Value = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, Value>>;

/** What `#names` and `:values` of an expression stand for. */
export interface Placeholders {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Item;
}

type Found = Value | undefined;

/**
 * Whether a condition holds for an item: `AND`, `OR`, `NOT`, brackets, comparisons, `IN`,
 * `attribute_exists`, `attribute_not_exists` and `begins_with`, on attributes of the first level.
 * What an item lacks compares with nothing. Source: DynamoDB developer guide, "Condition expressions".
 * @throws Error on what it does not know
 */
export function holds(expression: string, placeholders: Placeholders, item: Item): boolean {
  const reader = new Reader(expression, placeholders, item);
  const result = reader.either();
  reader.end();
  return result;
}

/**
 * An item after `SET a = b, c = d + :e, f = if_not_exists(f, :g)`.
 * Source: DynamoDB developer guide, "Update expressions".
 */
export function updated(expression: string, placeholders: Placeholders, item: Item): Item {
  const reader = new Reader(expression, placeholders, item);
  reader.expect('SET');
  const changed: Record<string, Value> = { ...item };
  do {
    const name = reader.attribute();
    reader.expect('=');
    changed[name] = reader.sum();
  } while (reader.skip(','));
  reader.end();
  return changed;
}

class Reader {
  private readonly words: string[];
  private readonly placeholders: Placeholders;
  private readonly item: Item;

  constructor(expression: string, placeholders: Placeholders, item: Item) {
    this.words = expression.match(/[#:]?\w+|<>|<=|>=|[=<>(),+-]/g) ?? [];
    if (this.words.join('') !== expression.replaceAll(/\s/g, '')) throw this.unknown(expression);
    this.placeholders = placeholders;
    this.item = item;
  }

  either(): boolean {
    let result = this.both();
    while (this.skip('OR')) result = this.both() || result;
    return result;
  }

  sum(): Value {
    let total = this.given();
    for (;;) {
      const sign = this.skip('+') ? 1 : this.skip('-') ? -1 : undefined;
      if (sign === undefined) return total;
      total = { N: String(numberOf(total) + sign * numberOf(this.given())) };
    }
  }

  attribute(): string {
    const word = this.next();
    if (!word.startsWith('#')) return word;
    const name = this.placeholders.names[word];
    if (name === undefined) throw this.unknown(word);
    return name;
  }

  expect(word: string): void {
    if (!this.skip(word)) throw this.unknown(this.words.join(' '));
  }

  skip(word: string): boolean {
    if (this.words[0]?.toUpperCase() !== word) return false;
    this.words.shift();
    return true;
  }

  end(): void {
    if (this.words.length > 0) throw this.unknown(this.words.join(' '));
  }

  private both(): boolean {
    let result = this.one();
    while (this.skip('AND')) result = this.one() && result;
    return result;
  }

  private one(): boolean {
    if (this.skip('NOT')) return !this.one();
    if (this.skip('(')) {
      const result = this.either();
      this.expect(')');
      return result;
    }
    if (this.words[1] === '(') return this.called(this.next());
    const left = this.operand();
    const operator = this.next().toUpperCase();
    if (operator !== 'IN') return compares(operator, left, this.operand());
    this.expect('(');
    let result = false;
    do result = compares('=', left, this.operand()) || result;
    while (this.skip(','));
    this.expect(')');
    return result;
  }

  private called(name: string): boolean {
    this.expect('(');
    const found = this.operand();
    let result: boolean;
    if (name === 'attribute_exists') result = found !== undefined;
    else if (name === 'attribute_not_exists') result = found === undefined;
    else if (name === 'begins_with') {
      this.expect(',');
      const { S: start } = this.operand() ?? {};
      const { S: text } = found ?? {};
      result = typeof text === 'string' && text.startsWith(String(start));
    } else throw this.unknown(name);
    this.expect(')');
    return result;
  }

  /** A value that is there, for a sum or an update. */
  private given(): Value {
    if (this.words[0] === 'if_not_exists') {
      this.words.shift();
      this.expect('(');
      const found = this.operand();
      this.expect(',');
      const otherwise = this.given();
      this.expect(')');
      return found ?? otherwise;
    }
    const found = this.operand();
    if (found === undefined) throw new Error('An update names an attribute that is not there');
    return found;
  }

  private operand(): Found {
    if (this.words[0]?.startsWith(':') !== true) return this.item[this.attribute()];
    const word = this.next();
    const value = this.placeholders.values[word];
    if (value === undefined) throw this.unknown(word);
    return value;
  }

  private next(): string {
    const word = this.words.shift();
    if (word === undefined) throw this.unknown('the end');
    return word;
  }

  private unknown(what: string): Error {
    return new Error(`Teach expressions.ts ${what}`);
  }
}

function compares(operator: string, left: Found, right: Found): boolean {
  if (left === undefined || right === undefined) return operator === '<>';
  const order = orderOf(left, right);
  switch (operator) {
    case '=':
      return order === 0;
    case '<>':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    default:
      throw new Error(`Teach expressions.ts ${operator}`);
  }
}

/** Below, at or above 0; not a number for values of two types, which compare as nothing. */
export function orderOf(left: Value, right: Value): number {
  const [type = ''] = Object.keys(left);
  if (!(type in right)) return NaN;
  if (type === 'N') return numberOf(left) - numberOf(right);
  // As bytes of UTF-8. Source: DynamoDB developer guide, "Naming rules and data types".
  return Buffer.compare(Buffer.from(String(left[type])), Buffer.from(String(right[type])));
}

function numberOf({ N }: Value): number {
  if (typeof N !== 'string') throw new Error('A sum of what are no numbers');
  return Number(N);
}
