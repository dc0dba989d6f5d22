export interface Token {
  readonly kind: 'word' | 'quoted' | 'text' | 'number' | 'parameter' | 'sign' | 'end';
  /** Words in upper case, quoted names without their quotes, everything else as it stands. */
  readonly text: string;
  readonly at: number;
}

/** A statement that Redshift's documented grammar does not know. Quotes nothing of texts in it. */
export class GrammarError extends Error {
  override readonly name = 'GrammarError';
}

const PATTERNS: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /[ \t\r\n]+/y],
  ['text', /'(?:[^'\\]|'')*'/y],
  ['quoted', /"(?:[^"]|"")+"/y],
  ['number', /\d+(?:\.\d+)?/y],
  ['parameter', /:[A-Za-z0-9_]+/y],
  ['word', /[A-Za-z_][A-Za-z0-9_$]*/y],
  ['sign', /::|<=|>=|<>|!=|\|\||[-+*/%=<>(),.[\]]/y],
];

/**
 * Cuts a statement into tokens. No comments and no semicolon: a statement of ours is one statement and
 * nothing else; and none of the signs that are PostgreSQL's alone.
 */
export function tokenise(statement: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < statement.length) {
    if (/^(--|\/\*)/.test(statement.slice(at, at + 2))) {
      throw new GrammarError(`a comment at ${at}: statements carry none`);
    }
    const match = matchAt(statement, at);
    if (match === undefined) {
      throw new GrammarError(`"${statement[at]!}" at ${at} is no sign that Redshift knows here`);
    }
    if (match.kind !== 'space') tokens.push({ kind: match.kind, text: match.text, at });
    at = match.end;
  }
  tokens.push({ kind: 'end', text: 'the end', at });
  return tokens;
}

function matchAt(statement: string, at: number) {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const raw = pattern.exec(statement)?.[0];
    if (raw === undefined) continue;
    const end = at + raw.length;
    if (kind === 'word') return { kind, text: raw.toUpperCase(), end };
    if (kind === 'quoted') return { kind, text: raw.slice(1, -1).replaceAll('""', '"'), end };
    return { kind, text: raw, end };
  }
  return undefined;
}
