import { fillTemplate, valueAt, type Scope } from './json-path.ts';
import type { Machine, MapState, Retrier, State, TaskState } from './states.ts';

/** Where a state machine runs: what the services that it calls would do. */
export interface World {
  /** The execution's ARN. */
  readonly executionArn: string;
  /** A function of Lambda; what it throws comes as an error of that name. */
  invoke(functionArn: string, payload: unknown): Promise<unknown>;
  readObject(bucket: string, key: string): Promise<string | undefined>;
  writeObject(bucket: string, key: string, text: string): Promise<void>;
  /** Milliseconds since the epoch. */
  now(): number;
  sleepUntil(time: number): Promise<void>;
}

export type ExecutionOutcome =
  | { readonly status: 'SUCCEEDED'; readonly output: unknown }
  | { readonly status: 'FAILED'; readonly error: string; readonly cause: string };

/** Source: Step Functions service quotas: 256 KiB for a state's input and output. */
const MOST_BYTES = 256 * 1024;

class StatesError extends Error {
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

/** Runs a state machine as Step Functions documents it; states and fields that are not used here are refused by states.ts. */
export async function interpret(
  machine: Machine,
  input: unknown,
  world: World,
): Promise<ExecutionOutcome> {
  const context = { Execution: { Id: world.executionArn } };
  const until = world.now() + machine.TimeoutSeconds * 1000;
  try {
    const output = await runStates(machine.States, machine.StartAt, input, context, world, until);
    return { status: 'SUCCEEDED', output };
  } catch (error) {
    const { name, message } = error as Error;
    return { status: 'FAILED', error: name, cause: message };
  }
}

async function runStates(
  states: Readonly<Record<string, State>>,
  startAt: string,
  input: unknown,
  context: object,
  world: World,
  until: number,
): Promise<unknown> {
  let name = startAt;
  let value = passed(input);
  while (true) {
    if (world.now() > until)
      throw new StatesError('States.Timeout', 'the execution takes too long');
    const state = states[name];
    if (state === undefined) throw new StatesError('States.Runtime', `there is no state ${name}`);
    const scope: Scope = { input: value, context };
    switch (state.Type) {
      case 'Succeed':
        return value;
      case 'Fail':
        throw new StatesError(state.Error, state.Cause);
      case 'Choice': {
        const met = state.Choices.find(
          ({ Variable, StringEquals }) => valueAt(Variable, scope) === StringEquals,
        );
        name = met?.Next ?? state.Default;
        continue;
      }
      case 'Wait':
        await world.sleepUntil(Date.parse(String(valueAt(state.TimestampPath, scope))));
        break;
      case 'Task':
        value = passed(await runTask(state, scope, world));
        break;
      case 'Map':
        // ResultPath null: the result is dropped and the input goes on.
        await runMap(state, scope, context, world, until);
        break;
    }
    if (state.End === true) return value;
    if (state.Next === undefined) throw new StatesError('States.Runtime', `${name} leads nowhere`);
    name = state.Next;
  }
}

/** Between states there is JSON, of a bounded size. */
function passed(value: unknown): unknown {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > MOST_BYTES) {
    throw new StatesError('States.DataLimitExceeded', 'the state is over 256 KiB');
  }
  return JSON.parse(text) as unknown;
}

async function runTask(state: TaskState, scope: Scope, world: World): Promise<unknown> {
  const { FunctionName, Payload } = fillTemplate(state.Parameters, scope) as {
    FunctionName: string;
    Payload: unknown;
  };
  const attempts = new Map<Retrier, number>();
  while (true) {
    try {
      return await world.invoke(FunctionName, passed(Payload));
    } catch (error) {
      const { name } = error as Error;
      const retrier = state.Retry.find(({ ErrorEquals }) => meets(ErrorEquals, name));
      const made = retrier === undefined ? 0 : (attempts.get(retrier) ?? 0);
      if (retrier === undefined || made >= retrier.MaxAttempts) throw error;
      attempts.set(retrier, made + 1);
      const delay = retrier.IntervalSeconds * retrier.BackoffRate ** made;
      // Full jitter draws from 0 to this; the longest is the hardest on the time.
      await world.sleepUntil(world.now() + Math.min(delay, retrier.MaxDelaySeconds) * 1000);
    }
  }
}

/** Source: States Language, "Error names": States.ALL meets none that ends the whole execution. */
function meets(errors: readonly string[], name: string): boolean {
  const isFatal = name === 'States.DataLimitExceeded' || name === 'States.Runtime';
  return errors.includes(name) || (errors.includes('States.ALL') && !isFatal);
}

async function runMap(
  state: MapState,
  scope: Scope,
  context: object,
  world: World,
  until: number,
): Promise<void> {
  const { Bucket = '', Key = '' } = fillTemplate(state.ItemReader.Parameters, scope) as Record<
    string,
    string
  >;
  const text = await world.readObject(Bucket, Key);
  const lines = text?.split('\n').filter((line) => line !== '') ?? [];
  // What Step Functions makes of an empty dataset is not documented: ours never are.
  if (lines.length === 0) throw new StatesError('States.ItemReaderFailed', 'there is no item');
  const results: object[] = [];
  let [failed, next] = [0, 0];
  const lane = async (): Promise<void> => {
    while (next < lines.length) {
      const Index = next++;
      const Value = JSON.parse(lines[Index]!) as unknown;
      const itemContext = { ...context, Map: { Item: { Index, Value } } };
      const input = fillTemplate(state.ItemSelector, { ...scope, context: itemContext });
      const { StartAt, States } = state.ItemProcessor;
      try {
        // A child execution: it sees nothing of its parent but its input.
        const output = await runStates(States, StartAt, input, context, world, until);
        results.push({ Status: 'SUCCEEDED', Output: JSON.stringify(output) });
      } catch (error) {
        failed++;
        results.push({ Status: 'FAILED', Error: (error as Error).name });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(state.MaxConcurrency, lines.length) }, lane));
  const written = fillTemplate(state.ResultWriter.Parameters, scope) as Record<string, string>;
  const place = `${written['Prefix']}/${state.Label}-${world.now()}`;
  await world.writeObject(written['Bucket']!, `${place}/results.json`, JSON.stringify(results));
  if ((failed / lines.length) * 100 > state.ToleratedFailurePercentage) {
    throw new StatesError('States.ExceedToleratedFailureThreshold', `${failed} items failed`);
  }
}
