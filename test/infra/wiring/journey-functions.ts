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
