import * as z from 'zod';

/** `-c key=value` brings text, cdk.json brings numbers: both are numbers here, blank is neither. */
export function number(from: number, to: number, fraction: 'whole' | 'fraction' = 'whole') {
  const kind = fraction === 'whole' ? 'a whole number' : 'a number';
  return z.unknown().transform((value, context) => {
    const read =
      typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
    if (
      typeof read === 'number' &&
      read >= from &&
      read <= to &&
      (fraction === 'fraction' || Number.isInteger(read))
    ) {
      return read;
    }
    context.addIssue({ code: 'custom', message: `must be ${kind} from ${from} to ${to}` });
    return z.NEVER;
  });
}

export const flag = z.unknown().transform((value, context) => {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  context.addIssue({ code: 'custom', message: 'must be true or false' });
  return z.NEVER;
});

export const capacity = z.union([z.literal('on-demand'), number(1, 10_000)], {
  error: 'must be on-demand or a whole number of shards from 1 to 10000',
});

/** Text with commas from the command line, an array from cdk.json; at least one, none twice. */
export function list(item: z.ZodType<string, string>, what: string) {
  const message = `must be ${what}, separated by commas, each once`;
  return z.unknown().transform((value, context): readonly string[] => {
    const items = typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;
    const parsed = z.array(item).min(1).safeParse(items);
    if (parsed.success && new Set(parsed.data).size === parsed.data.length) return parsed.data;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

/** JSON text from the command line, the value itself from cdk.json. */
export function json<S extends z.ZodType>(schema: S) {
  return z.unknown().transform((value, context): z.output<S> => {
    const read = typeof value === 'string' ? parse(value) : { value };
    if (read === undefined) {
      context.addIssue({ code: 'custom', message: 'must be JSON' });
      return z.NEVER;
    }
    const parsed = schema.safeParse(read.value);
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) {
      context.addIssue({ code: 'custom', path: path.map(String), message });
    }
    return z.NEVER;
  });
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    // No cause: the parser's message quotes the text.
    return undefined;
  }
}
