import * as z from 'zod';

const retrier = z.strictObject({
  ErrorEquals: z.array(z.string()).min(1),
  IntervalSeconds: z.int().min(1).max(99_999_999),
  MaxAttempts: z.int().min(0).max(99_999_999),
  BackoffRate: z.number().min(1),
  MaxDelaySeconds: z.int().min(1).max(31_622_400),
  JitterStrategy: z.enum(['FULL', 'NONE']),
});

const end = { Next: z.string().optional(), End: z.literal(true).optional() };

const task = z.strictObject({
  Type: z.literal('Task'),
  Resource: z.literal('arn:aws:states:::lambda:invoke'),
  Parameters: z.record(z.string(), z.unknown()),
  OutputPath: z.literal('$.Payload'),
  TimeoutSeconds: z.int().min(1),
  Retry: z.array(retrier),
  ...end,
});

const choice = z.strictObject({
  Type: z.literal('Choice'),
  Choices: z
    .array(z.strictObject({ Variable: z.string(), StringEquals: z.string(), Next: z.string() }))
    .min(1),
  Default: z.string(),
});

const s3Place = z.record(z.string(), z.string());

const map = z.strictObject({
  Type: z.literal('Map'),
  Label: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/),
  ItemReader: z.strictObject({
    Resource: z.literal('arn:aws:states:::s3:getObject'),
    ReaderConfig: z.strictObject({ InputType: z.literal('JSONL') }),
    Parameters: s3Place,
  }),
  ItemSelector: z.record(z.string(), z.unknown()),
  MaxConcurrency: z.int().min(1).max(10_000),
  ToleratedFailurePercentage: z.number().min(0).max(100),
  ItemProcessor: z.strictObject({
    ProcessorConfig: z.strictObject({
      Mode: z.literal('DISTRIBUTED'),
      ExecutionType: z.literal('STANDARD'),
    }),
    StartAt: z.string(),
    States: z.record(z.string(), task),
  }),
  ResultWriter: z.strictObject({
    Resource: z.literal('arn:aws:states:::s3:putObject'),
    Parameters: s3Place,
  }),
  ResultPath: z.null(),
  ...end,
});

const state = z.discriminatedUnion('Type', [
  task,
  choice,
  map,
  z.strictObject({ Type: z.literal('Wait'), TimestampPath: z.string(), ...end }),
  z.strictObject({ Type: z.literal('Succeed') }),
  z.strictObject({ Type: z.literal('Fail'), Error: z.string(), Cause: z.string() }),
]);

/** As much of Amazon States Language as our state machines use; anything else is a fault. */
export const machineSchema = z.strictObject({
  Comment: z.string().optional(),
  StartAt: z.string(),
  TimeoutSeconds: z.int().min(1),
  States: z.record(z.string(), state),
});

export type Machine = z.infer<typeof machineSchema>;
export type State = Machine['States'][string];
export type TaskState = z.infer<typeof task>;
export type MapState = z.infer<typeof map>;
export type Retrier = z.infer<typeof retrier>;

/** States that a state may go to next. */
export function nextStates(one: State): string[] {
  if (one.Type === 'Choice') return [...one.Choices.map(({ Next }) => Next), one.Default];
  return 'Next' in one && one.Next !== undefined ? [one.Next] : [];
}
