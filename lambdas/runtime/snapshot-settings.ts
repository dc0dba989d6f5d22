import * as z from 'zod';

const id = z.string().min(1).max(255);

/** Whose snapshots are purged, and how they are restored. */
export const snapshotSettings = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('serverless'),
    namespace: id,
    /** KMS key that encrypts what is restored: its ARN. */
    kmsKeyId: z.string().min(1),
    subnetIds: z.array(id).min(1),
    securityGroupIds: z.array(id).min(1),
    baseCapacity: z.int().min(8).max(1_024),
  }),
  /** The cluster itself says how it is restored. */
  z.strictObject({ kind: z.literal('cluster'), cluster: id }),
]);

export type SnapshotSettings = z.output<typeof snapshotSettings>;
