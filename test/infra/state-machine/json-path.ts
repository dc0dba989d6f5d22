/** A value that a path does not lead to. Source: Step Functions developer guide, "Error names". */
class ParameterPathFailure extends Error {
  override readonly name = 'States.ParameterPathFailure';
}

/** `$` and `$$`: what a state is given, and what Step Functions tells of the execution. */
export interface Scope {
  readonly input: unknown;
  readonly context: unknown;
}

/** A reference path: `$`, `$.a.b`, `$$.Map.Item.Value`. */
export function valueAt(path: string, { input, context }: Scope): unknown {
  const isContext = path.startsWith('$$');
  const [root = '', ...keys] = path.slice(isContext ? 1 : 0).split('.');
  if (root !== '$') throw new Error(`Teach json-path.ts the path ${path}`);
  let value = isContext ? context : input;
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) {
      throw new ParameterPathFailure(`The path ${path} leads to nothing`);
    }
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** A payload template: keys that end in `.$` are paths, all else is taken as it stands. */
export function fillTemplate(template: unknown, scope: Scope): unknown {
  if (Array.isArray(template)) return template.map((item) => fillTemplate(item, scope));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith('.$')
        ? [key.slice(0, -2), valueAt(String(value), scope)]
        : [key, fillTemplate(value, scope)],
    ),
  );
}
