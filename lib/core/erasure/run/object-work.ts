import { detectFormat } from '../detect.ts';
import {
  CorruptObject,
  type Findings,
  type ForgetOutputs,
  type FormatName,
  type ObjectFormat,
  type ObjectSource,
  type RowFault,
} from '../format.ts';
import { formatNamed } from '../formats.ts';
import type { Matcher } from '../matcher.ts';

/** What `find` says of one object; plain data, for threads, journals and state machines. */
export type ObjectFindings =
  | {
      kind: 'read';
      format: FormatName;
      rows: number;
      matched: number;
      unparsable: number;
      faults: readonly RowFault[];
      /** Ids of the paths that the object has. */
      seen: readonly number[];
    }
  /** Left untouched and named. */
  | { kind: 'corrupt'; reason: string; offset?: number };

export interface Found {
  findings: ObjectFindings;
  /** For {@link forgetObject} in the same thread; may be thrown away. */
  plan: unknown;
}

/** Searches one object. @param format `auto` tells it by its content. */
export async function findObject(
  source: ObjectSource,
  matcher: Matcher,
  format: FormatName | 'auto',
): Promise<Found> {
  const name = await nameOf(source, matcher, format);
  if (typeof name !== 'string') return { findings: name, plan: undefined };
  const found = await formatNamed(name).find(source, matcher);
  return {
    findings: summariseFindings(name, found),
    plan: found.kind === 'read' ? found.plan : undefined,
  };
}

/** Rewrites one object; see ObjectFormat. `format` is what the search answered. */
export async function forgetObject(
  source: ObjectSource,
  matcher: Matcher,
  format: FormatName,
  plan: unknown,
  outputs: ForgetOutputs,
): Promise<ObjectFindings> {
  const chosen: ObjectFormat = formatNamed(format);
  return summariseFindings(format, await chosen.forget(source, matcher, plan, outputs));
}

async function nameOf(
  source: ObjectSource,
  matcher: Matcher,
  format: FormatName | 'auto',
): Promise<FormatName | ObjectFindings> {
  if (format !== 'auto') return format;
  try {
    const detected = await detectFormat(source, matcher);
    if (detected) return detected;
    return { kind: 'corrupt', reason: 'its format is none that is known; name it with --format' };
  } catch (error) {
    if (!(error instanceof CorruptObject)) throw error;
    return { kind: 'corrupt', reason: error.reason };
  }
}

/** Findings as plain data. */
export function summariseFindings(format: FormatName, found: Findings<unknown>): ObjectFindings {
  if (found.kind === 'corrupt') return found;
  const { rows, matched, unparsable, faults } = found;
  const seen = [...found.seen.entries()].filter(([, flag]) => flag === 1).map(([id]) => id);
  return { kind: 'read', format, rows, matched, unparsable, faults, seen };
}
