import type { z } from 'zod';

/** One environment variable, as a function's `env.ts` declares it. Nothing optional by default. */
type Variable =
  | { readonly type: 'string'; readonly optional?: true; readonly default?: string }
  | {
      readonly type: 'integer';
      readonly min: number;
      readonly max: number;
      readonly optional?: true;
      readonly default?: number;
    }
  | { readonly type: 'boolean'; readonly optional?: true; readonly default?: boolean }
  /** JSON text, checked by a schema whose messages repeat no values. */
  | { readonly type: 'json'; readonly schema: z.ZodType; readonly optional?: true };

/** A function's variables by name; written `as const satisfies EnvSpec`. */
export type EnvSpec = Readonly<Record<string, Variable>>;

type Value<V extends Variable> = V extends { readonly schema: infer S extends z.ZodType }
  ? z.output<S>
  : V['type'] extends 'string'
    ? string
    : V['type'] extends 'integer'
      ? number
      : boolean;

/** What {@link readEnv} answers for a spec. */
export type Env<S extends EnvSpec> = {
  readonly [K in keyof S]: S[K] extends { readonly optional: true }
    ? Value<S[K]> | undefined
    : Value<S[K]>;
};

type Omittable<S extends EnvSpec> = {
  [K in keyof S]: S[K] extends
    { readonly optional: true } | { readonly default: string | number | boolean }
    ? K
    : never;
}[keyof S];

/**
 * What a stack passes as `environment`: a variable without default that is missing, or one that the
 * function does not know, does not compile.
 */
export type EnvironmentOf<S extends EnvSpec> = Readonly<
  Record<Exclude<keyof S, Omittable<S>>, string> & Partial<Record<Omittable<S>, string>>
>;

/** An environment that the function cannot run in. The message lists every fault, one a line. */
export class EnvError extends Error {
  override readonly name = 'EnvError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    super(
      `The function's environment has ${count}; mend its stack:\n${faults.map((f) => `  - ${f}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

/**
 * Reads a function's variables. Values are not repeated in messages: they may be secrets.
 * @throws {EnvError} naming all faults at once. Blank is a fault, never a default.
 */
export function readEnv<const S extends EnvSpec>(
  spec: S,
  source: Readonly<Record<string, string | undefined>>,
): Env<S> {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(spec)) {
    const text = source[name];
    if (text === undefined) {
      const byDefault = 'default' in variable ? variable.default : undefined;
      values[name] = byDefault;
      if (byDefault === undefined && variable.optional !== true) {
        faults.push(`${name}: is not set; expected ${expectation(variable)}`);
      }
    } else if (text.trim() === '') {
      faults.push(`${name}: is blank; expected ${expectation(variable)}`);
    } else if (variable.type === 'json') {
      const read = readJson(variable.schema, text);
      faults.push(...read.faults.map((fault) => `${name}: ${fault}`));
      values[name] = read.value;
    } else {
      const value = parse(variable, text);
      if (value === undefined) faults.push(`${name}: is not ${expectation(variable)}`);
      values[name] = value;
    }
  }
  if (faults.length > 0) throw new EnvError(faults);
  return values as Env<S>;
}

/** Every fault with its path into the JSON, in words that repeat no value. */
function readJson(schema: z.ZodType, text: string): { value?: unknown; faults: string[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // No cause: the parser's message quotes the text.
    return { faults: ['is not JSON'] };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { value: parsed.data, faults: [] };
  return {
    faults: parsed.error.issues.map(({ path, message }) =>
      path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`,
    ),
  };
}

type Plain = Exclude<Variable, { type: 'json' }>;

function parse(variable: Plain, text: string): string | number | boolean | undefined {
  switch (variable.type) {
    case 'string':
      return text;
    case 'integer': {
      const value = /^-?(?:0|[1-9]\d*)$/.test(text) ? Number(text) : Number.NaN;
      return value >= variable.min && value <= variable.max ? value : undefined;
    }
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
  }
}

function expectation(variable: Variable): string {
  switch (variable.type) {
    case 'string':
      return 'a text';
    case 'integer':
      return `a whole number from ${variable.min} to ${variable.max}`;
    case 'boolean':
      return '"true" or "false"';
    case 'json':
      return 'JSON';
  }
}
