import { recordTableContract } from '../contracts/record-table.ts';
import { MemoryRecordTable } from './memory-record-table.ts';

recordTableContract('RecordTable in memory', () => {
  const table = new MemoryRecordTable();
  return Promise.resolve({ table, events: () => table.events });
});
