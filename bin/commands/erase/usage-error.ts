/** The command cannot be meant so. Its message is one line: what is wrong, where, what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
