/** What a run's state machine calls, by ARN; and where its files lie. */
export interface RunParts {
  /** Plans, weighs, waits, concludes; it asks for itself again where its time is over. */
  readonly steer: string;
  /** Finds and verifies: reads alone. */
  readonly search: string;
  /** Forgets and purges. */
  readonly erase: string;
  /** Bucket of manifests and of what Step Functions writes of its maps. */
  readonly files: string;
  /** Workers at once at most. */
  readonly mostAtOnce: number;
}

/** Below it lies what Step Functions writes of maps; manifests lie apart. */
export const MAP_RESULTS = 'maps/';

/**
 * Faults of Lambda or of the way to it: the same call does a moment later.
 * Source: Step Functions developer guide, "Transient Lambda service exceptions".
 */
const PASSING = {
  ErrorEquals: [
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
  ],
  IntervalSeconds: 2,
  MaxAttempts: 8,
  BackoffRate: 2,
  MaxDelaySeconds: 120,
  JitterStrategy: 'FULL',
};
/** A worker that died or ran out of time goes on where it was: what it did is written down. */
const ANYTHING = {
  ErrorEquals: ['States.ALL'],
  IntervalSeconds: 15,
  MaxAttempts: 3,
  BackoffRate: 2,
  MaxDelaySeconds: 120,
  JitterStrategy: 'FULL',
};
/** Longer than any function may take. */
const TASK_SECONDS = 16 * 60;
/**
 * Batches in a hundred that a map may lose: the next round takes up what they left. A search that
 * verifies may lose none.
 */
const TOLERATED = 5;
/** A run waits for data in flight, hours at most; what takes a week is stuck. */
const RUN_SECONDS = 7 * 24 * 3600;

/**
 * A run in Amazon States Language. The steps decide what comes next and keep all they know in the run
 * store, so that the machine only fans out, waits and retries: any state can be entered again.
 */
export function runDefinition(parts: RunParts): object {
  const steer = (step: string, inputs: Readonly<Record<string, string>>): object => ({
    ...invoke(parts.steer, { step, ...inputs }),
    Next: 'Choose',
  });
  const execution = { 'execution.$': '$$.Execution.Id' };
  const ofRun = { ...execution, 'runId.$': '$.runId', 'manifest.$': '$.manifest' };
  return {
    Comment: 'Erases data subjects from the archive',
    StartAt: 'Begin',
    TimeoutSeconds: RUN_SECONDS,
    States: {
      Begin: steer('begin', execution),
      Choose: {
        Type: 'Choice',
        Choices: [
          ...['Plan', 'Find', 'Forget', 'Settle', 'Wait', 'Verify', 'End'].map((next) => ({
            Variable: '$.next',
            StringEquals: next.toLowerCase(),
            Next: next,
          })),
        ],
        Default: 'Lost',
      },
      // One call's time may not do for a listing: the next goes on.
      Plan: steer('plan', ofRun),
      Find: fanOut(parts, 'find', parts.search, TOLERATED, 'Weigh'),
      Weigh: steer('weigh', ofRun),
      Forget: fanOut(parts, 'forget', parts.erase, TOLERATED, 'Purge'),
      Purge: fanOut(parts, 'purge', parts.erase, TOLERATED, 'Settle'),
      Settle: steer('settle', ofRun),
      Wait: { Type: 'Wait', TimestampPath: '$.until', Next: 'Settle' },
      Verify: fanOut(parts, 'verify', parts.search, 0, 'Conclude'),
      Conclude: steer('conclude', ofRun),
      End: { Type: 'Succeed' },
      Lost: { Type: 'Fail', Error: 'UnknownTurn', Cause: 'A step asked for what there is not' },
    },
  };
}

/** One worker for each batch of the manifest: JSON Lines of `{"batch":0}`. */
function fanOut(
  parts: RunParts,
  step: string,
  functionArn: string,
  tolerated: number,
  next: string,
): object {
  return {
    Type: 'Map',
    Label: step,
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSONL' },
      Parameters: { Bucket: parts.files, 'Key.$': '$.manifest' },
    },
    ItemSelector: {
      step,
      'runId.$': '$.runId',
      'batch.$': '$$.Map.Item.Value.batch',
    },
    MaxConcurrency: parts.mostAtOnce,
    ToleratedFailurePercentage: tolerated,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'Batch',
      States: { Batch: { ...invokeWith(functionArn, { 'Payload.$': '$' }), End: true } },
    },
    ResultWriter: {
      Resource: 'arn:aws:states:::s3:putObject',
      Parameters: { Bucket: parts.files, Prefix: MAP_RESULTS.slice(0, -1) },
    },
    // What the workers did is in the run store; the state goes on as it was.
    ResultPath: null,
    Next: next,
  };
}

function invoke(functionArn: string, payload: Readonly<Record<string, string>>): object {
  return invokeWith(functionArn, { Payload: payload });
}

function invokeWith(functionArn: string, parameters: object): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: functionArn, ...parameters },
    OutputPath: '$.Payload',
    TimeoutSeconds: TASK_SECONDS,
    Retry: [PASSING, ANYTHING],
  };
}
