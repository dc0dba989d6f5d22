/** Faults of Lambda or a conflict with work of the service that is under way: the same again does. */
const RETRY = [
  {
    ErrorEquals: ['States.ALL'],
    IntervalSeconds: 15,
    MaxAttempts: 8,
    BackoffRate: 2,
    MaxDelaySeconds: 300,
    JitterStrategy: 'FULL',
  },
];
/** Longer than the function may take. */
const TASK_SECONDS = 16 * 60;
const PAUSE_SECONDS = 60;

/**
 * The snapshot purge in Amazon States Language: for each snapshot a loop of one step, a look at what
 * it says, and a wait where the service is at work. Each step may be done twice, so any execution may
 * be cut off and the next one begins from the start. One snapshot that cannot be purged holds up no
 * other, and the execution fails at its end.
 */
export function purgeDefinition(functionArn: string): object {
  const invoke = (payload: object): object => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: functionArn, Payload: payload },
    OutputPath: '$.Payload',
    TimeoutSeconds: TASK_SECONDS,
    Retry: RETRY,
  });
  const on = (turn: string, Next: string): object => ({
    Variable: '$.turn',
    StringEquals: turn,
    Next,
  });
  return {
    Comment: 'Takes forgotten data subjects out of snapshots',
    StartAt: 'List',
    States: {
      List: { ...invoke({ work: 'list' }), Next: 'EachSnapshot' },
      EachSnapshot: {
        Type: 'Map',
        ItemsPath: '$.plans',
        // Each restores a whole warehouse, which is paid for while it is there.
        MaxConcurrency: 2,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'INLINE' },
          StartAt: 'Step',
          States: {
            Step: {
              ...invoke({ work: 'step', 'plan.$': '$.plan', 'state.$': '$.state' }),
              Catch: [{ ErrorEquals: ['States.ALL'], Next: 'NotPurged' }],
              Next: 'Turn',
            },
            Turn: {
              Type: 'Choice',
              Choices: [on('go', 'Step'), on('pause', 'Pause'), on('done', 'Purged')],
              Default: 'NotPurged',
            },
            Pause: { Type: 'Wait', Seconds: PAUSE_SECONDS, Next: 'Step' },
            Purged: { Type: 'Pass', Result: { turn: 'done' }, End: true },
            NotPurged: { Type: 'Pass', Result: { turn: 'failed' }, End: true },
          },
        },
        ResultPath: '$.turns',
        Next: 'Sum',
      },
      Sum: {
        Type: 'Pass',
        Parameters: { 'failed.$': "$.turns[?(@.turn == 'failed')]" },
        Next: 'AllPurged',
      },
      AllPurged: {
        Type: 'Choice',
        Choices: [{ Variable: '$.failed[0]', IsPresent: true, Next: 'SomeLeft' }],
        Default: 'End',
      },
      End: { Type: 'Succeed' },
      SomeLeft: { Type: 'Fail', Error: 'SnapshotsLeft', Cause: 'Not every snapshot was purged' },
    },
  };
}
