import * as z from 'zod';

/** One thing that is wrong with a request. Holds nothing of what was sent. */
export interface Fault {
  /** Which part of the API minds: "Validation", "Authentication", "Request". */
  domain: string;
  /** A stable word for programs. */
  reason: string;
  /** A sentence for people: what is wrong, where, what to do. */
  message: string;
}

/** OpenDSR's error object (section 7.6); every route of the API refuses with it. */
export const errorSchema = z
  .object({
    error: z.object({
      code: z.int(),
      message: z.string(),
      errors: z.array(z.object({ domain: z.string(), reason: z.string(), message: z.string() })),
    }),
  })
  .meta({ id: 'Error' });

export type ErrorBody = z.infer<typeof errorSchema>;

/** A request that is refused: caught at the API's edge and answered as an error object. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  readonly status: number;
  readonly faults: readonly Fault[];
  /** Further reply headers, such as Retry-After. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    faults: Fault | readonly Fault[],
    headers: Readonly<Record<string, string>> = {},
  ) {
    const list = 'reason' in faults ? [faults] : faults;
    super(list[0]?.message ?? 'refused');
    this.status = status;
    this.faults = list;
    this.headers = headers;
  }
}

export function errorBody(status: number, faults: readonly Fault[]): ErrorBody {
  const message =
    faults.length === 1 ? faults[0]!.message : `${faults.length} faults; see "errors"`;
  return {
    error: {
      code: status,
      message,
      errors: faults.map(({ domain, reason, message }) => ({ domain, reason, message })),
    },
  };
}

/**
 * Every fault that a schema found. zod's own texts name what was expected, never what was sent; the
 * exceptions (names of unknown members, keys of free maps) are left out here.
 */
export function validationFaults(error: z.ZodError, where: string): Fault[] {
  return error.issues.map((issue) => {
    const at = printPlace(issue.path);
    const message =
      issue.code === 'unrecognized_keys'
        ? `has ${issue.keys.length} unknown member(s)`
        : issue.message;
    return {
      domain: 'Validation',
      reason: issue.code,
      message: `${at === '' ? where : `${where}.${at}`}: ${message}`,
    };
  });
}

/** Members of these are named by the caller, so their names may be personal data. */
const FREE_MAPS = new Set(['extensions']);

function printPlace(path: readonly PropertyKey[]): string {
  const free = path.findIndex((key) => FREE_MAPS.has(String(key)));
  const shown = free >= 0 ? path.slice(0, free + 1) : path;
  return shown.map(String).join('.');
}
