import { GrammarError, type Token, tokenise } from './tokens.ts';

/** Words that Redshift keeps for itself, as far as a name of ours could meet them (Reserved words). */
const RESERVED = new Set(
  'ALL AND ANY AS ASC BETWEEN BOTH CASE CAST CHECK COLUMN CREATE CROSS DEFAULT DELETE DESC DISTINCT ELSE END EXCEPT EXISTS FALSE FOR FROM FULL GRANT GROUP HAVING IN INNER INTERSECT INTO IS JOIN LEFT LIKE LIMIT NOT NULL OFFSET ON OR ORDER OUTER PRIMARY RIGHT SELECT SET TABLE TAG THEN TO TRUE UNION UNIQUE USER USING WHEN WHERE WITH'.split(
    ' ',
  ),
);

const DEEPEST = 100;

/** Where a parser stands in a statement. */
export class Cursor {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(statement: string) {
    this.#tokens = tokenise(statement);
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)]!;
  }

  take(): Token {
    const token = this.peek();
    this.#next += 1;
    return token;
  }

  /** Whether these words or signs come next. */
  sees(...texts: readonly string[]): boolean {
    return texts.every((text, ahead) => {
      const token = this.peek(ahead);
      return (token.kind === 'word' || token.kind === 'sign') && token.text === text;
    });
  }

  /** Takes these words or signs, if they come next. */
  skip(...texts: readonly string[]): boolean {
    if (!this.sees(...texts)) return false;
    this.#next += texts.length;
    return true;
  }

  expect(...texts: readonly string[]): void {
    for (const text of texts) if (!this.skip(text)) this.refuse(text);
  }

  /** A name of a table, column, policy or role. */
  name(): string {
    const token = this.take();
    if (token.kind === 'quoted') {
      if (Buffer.byteLength(token.text) > 127) this.refuse('a name of at most 127 bytes', token);
      return token.text;
    }
    if (token.kind === 'word' && !RESERVED.has(token.text)) return token.text.toLowerCase();
    return this.refuse('a name', token);
  }

  /** `name`, `schema.name` or `database.schema.name`. */
  relation(): void {
    this.name();
    for (let parts = 1; this.skip('.'); parts++) {
      if (parts === 3) this.refuse('at most database.schema.name');
      this.name();
    }
  }

  /** One or more of something, with commas between. */
  list(one: () => void): void {
    do one();
    while (this.skip(','));
  }

  inParentheses(inner: () => void): void {
    this.deeper(() => {
      this.expect('(');
      inner();
      this.expect(')');
    });
  }

  /** A part within a part; so deep at most that no text can exhaust the stack. */
  deeper(inner: () => void): void {
    this.#depth += 1;
    if (this.#depth > DEEPEST) this.refuse('a shallower statement');
    inner();
    this.#depth -= 1;
  }

  kind(kind: Token['kind'], what: string): Token {
    const token = this.take();
    return token.kind === kind ? token : this.refuse(what, token);
  }

  refuse(wanted: string, found: Token = this.peek()): never {
    const what = found.kind === 'text' ? 'a text' : found.text;
    throw new GrammarError(`${wanted} expected at ${found.at}, found ${what}`);
  }
}
