import type { OpenPackage } from '../../lib/api/subject/routes.ts';
import {
  openForDownload,
  type OpenedCopyDependencies,
} from '../../lib/core/access-package/opened-copies.ts';

/**
 * Largest package that goes into an answer. Lambda answers with 6 MB at most, in which the zip stands
 * as base64, a third longer. Source: Lambda developer guide, quotas, invocation payload.
 */
const ANSWER_LIMIT = 4 * 1024 * 1024;

export interface PackageOpenerOptions extends OpenedCopyDependencies {
  /** A URL under which an object can be fetched for some minutes, and under no other name. */
  presign: (key: string) => Promise<string>;
}

/**
 * Packages for the API: in the answer where it can hold them, otherwise by a link to an opened copy.
 * The sealed object itself could never be linked to, since only the key vault opens it.
 */
export function packageOpener({ presign, ...deps }: PackageOpenerOptions): OpenPackage {
  return async (dsrId, reference) => {
    const opened = await openForDownload(deps, dsrId, reference, ANSWER_LIMIT);
    if (opened === undefined) return undefined;
    return opened.kind === 'stream'
      ? ReadableStream.from(opened.zip)
      : { location: await presign(opened.key) };
  };
}
