import { dynamodbSuppressedTasks } from '../../../lib/aws/requests/dynamodb-suppressed-tasks.ts';
import { suppressedTasksContract } from '../../contracts/suppressed-tasks.ts';
import { makeTable } from './make-table.ts';

suppressedTasksContract('SuppressedTasks on DynamoDB', async () => {
  const table = await makeTable();
  return { ...table, tasks: dynamodbSuppressedTasks(table) };
});
