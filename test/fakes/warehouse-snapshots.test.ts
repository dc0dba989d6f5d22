import { warehouseSnapshotsContract } from '../contracts/warehouse-snapshots.ts';
import { memorySnapshots } from './memory-warehouse-snapshots.ts';

warehouseSnapshotsContract('in memory', () => {
  const { snapshots } = memorySnapshots(() => 1_000, { name: 'lethe', rows: ['anna'] });
  return Promise.resolve({ snapshots, origin: 'lethe', finish: () => undefined });
});
