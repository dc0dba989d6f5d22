// The hot part of the erasure: validates rows and probes their values against the criteria.
export { find, insertAll, useTable } from './table';
export { useProbe } from './probe';
export { useRules } from './normalise';
export { takeCollected, useCollector } from './collect';
export { useDocument } from './document';
export { clearSkeletons, useSkeletons } from './skeleton';
export { eventsMade, linesRead, rowsRead, scanJsonRows, scanOtherRows, useRows } from './rows';
export { loadSimple, loadedEntries, loadedTo } from './criteria';
export { scanCsvRows, scanTsvRows, useColumns, useDelimiter } from './columns';
export { noteTexts, scanResidueRows, useResidue } from './residue';
