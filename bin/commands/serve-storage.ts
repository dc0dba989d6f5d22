import { join } from 'node:path';
import type { Clock } from '../../lib/core/ports/clock.ts';
import type { KeyVault } from '../../lib/core/ports/key-vault.ts';
import type { MembershipFilters } from '../../lib/core/ports/membership-filters.ts';
import type { ObjectStore } from '../../lib/core/ports/object-store.ts';
import { dataMap } from '../../lib/data-map.ts';
import { openIndexedArchive } from '../../lib/local/archive-filters/indexed-archive.ts';
import { openFileKeyVault } from '../../lib/local/file-key-vault.ts';
import { openFileObjectStore } from '../../lib/local/file-object-store.ts';
import { FileRecordStream } from '../../lib/local/file-record-stream.ts';
import { openTables, type Tables } from '../../lib/local/tables/open-tables.ts';
import { storedWarehouse, type StoredWarehouse } from './serve-warehouse.ts';

/** Everything durable of the local target. */
export interface Storage {
  /** Where requests, keys and mail lie. */
  readonly folder: string;
  readonly tables: Tables;
  readonly keys: KeyVault;
  readonly taskStream: FileRecordStream;
  readonly eventStream: FileRecordStream;
  /** The data store bucket's twin, shared with the delivery. */
  readonly archive: ObjectStore;
  /** Which of its objects may hold whom. */
  readonly filters: MembershipFilters;
  /** Sealed undo patches of archive runs, apart from the archive. */
  readonly quarantine: ObjectStore;
  /** Signed certificates of archive runs. */
  readonly certificates: ObjectStore;
  /** Sealed access packages, and what is gathered for them. */
  readonly packages: ObjectStore;
  /** Where the data map has tables: an embedded PostgreSQL, and whom it must forget. */
  readonly warehouse: StoredWarehouse | undefined;
  /** A secret of this deployment, 32 bytes, the same at every start. */
  secret(name: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Opens the state under a directory, for one process at a time, and finishes what a killed one left.
 * @throws {FolderInUseError} when another process has it open.
 */
export async function openStorage(directory: string, clock: Clock): Promise<Storage> {
  const folder = join(directory, 'requests');
  const openStream = (name: string): Promise<FileRecordStream> =>
    FileRecordStream.open({ directory: join(folder, name), clock, limitThroughput: false });
  const taskStream = await openStream('task-stream');
  let eventStream: FileRecordStream | undefined;
  let tables: Tables | undefined;
  let warehouse: StoredWarehouse | undefined;
  const close = async (): Promise<void> => {
    await warehouse?.own.close();
    await tables?.close();
    await eventStream?.close();
    await taskStream.close();
  };
  try {
    eventStream = await openStream('event-stream');
    tables = openTables(join(folder, 'tables'));
    const keys = await openFileKeyVault(join(folder, 'keys'));
    const openObjects = (path: string): Promise<ObjectStore> =>
      openFileObjectStore({ directory: path, clock });
    const stored = await openObjects(join(directory, 'data-store'));
    const { objects: archive, filters } = await openIndexedArchive(directory, stored, dataMap);
    const packages = await openObjects(join(folder, 'packages'));
    const quarantine = await openObjects(join(folder, 'quarantine'));
    const certificates = await openObjects(join(directory, 'certificates'));
    warehouse = await storedWarehouse({ directory, dataMap, tables, keys, clock });
    const secret = async (name: string): Promise<Uint8Array> => {
      const outcome = await keys.create(`deployment/${name}`);
      if (outcome.kind !== 'key') throw new Error(`the secret "${name}" is ${outcome.kind}`);
      return outcome.key;
    };
    return {
      ...{ folder, tables, keys, taskStream, eventStream },
      ...{ archive, filters, quarantine, certificates, packages, warehouse, secret, close },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
