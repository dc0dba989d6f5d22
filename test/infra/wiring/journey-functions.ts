/** What requests.test.ts proves: functions of the same code, granted alike, in one group. */
export const GROUPS = [
  ['Api'],
  ['SignerCertifier'],
  ['Orchestrator', 'DeadlineWatcher'],
  ['UserServicesExecutor', 'CommerceExecutor', 'ContentExecutor'],
  ['StreamingExecutor'],
  ['ArchiveExecutor'],
  ['Completion'],
  ['AuditExport'],
  ['LetterRedrive'],
  ['UserServicesService', 'CommerceService', 'ContentService'],
  ['ChangeRelay'],
  ['SampleSeeder'],
];

/** What archive-run.test.ts proves. */
export const ARCHIVE_GROUPS = [
  'ArchiveSteering',
  'ArchiveSearch',
  'ArchiveErasure',
  'ArchiveUndoExpiry',
];

/** Grants that the journeys of requests.test.ts do not need, and who does. */
export const UNSEEN: readonly (readonly [RegExp, string])[] = [
  [/^s3:AbortMultipartUpload .*packages/, 'a package in parts that cannot be finished'],
  [/^s3:AbortMultipartUpload .*gathered/, 'rows in parts that cannot be fetched to their end'],
  [/^s3:ListBucket .*handover/, 'rows that are no longer where they were put'],
  [/^s3:ListBucket .*gathered/, 'a task whose data was cleared after they were listed'],
  [/^s3:ListBucket .*packages/, 'a package that expired after it was listed'],
  [/^s3:ListBucket .*audit/, 'an entry that another export is writing just now'],
  [/^s3:ListBucket .*deadletters/, 'a letter that another redrive took after it was listed'],
];
