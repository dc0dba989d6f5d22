import * as z from 'zod';

/** Whence data that services hand over by reference may be fetched. */
export const gatheredSources = z.strictObject({
  /** S3 buckets that this function may read. */
  buckets: z.array(z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be a bucket name')),
  /** Hosts of https URLs; `*.` before a name takes all below it. */
  hosts: z.array(z.string().regex(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'must be a host name')),
});
