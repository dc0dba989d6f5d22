import { accessRequests } from './access-requests.ts';
import { startAwsStandIn, type Answers, type AwsCall } from './aws-stand-in.ts';
import type { DeployedFunction } from './deployed-functions.ts';
import type { DeployedStacks } from './intrinsics.ts';
import {
  isAllowed,
  unusedActions,
  type AccessRequest,
  type AllowedAction,
} from './policy-evaluator.ts';
import { runFunction } from './run-function.ts';

/** An allowed action that no call of the function's own shows, and why it is there. */
interface Unseen {
  readonly action: string;
  readonly reason: string;
}

/** What Lambda and its runtime do in the role's name. */
export const BY_LAMBDA: readonly Unseen[] = [
  { action: 'logs:CreateLogStream', reason: 'Lambda writes the logs' },
  { action: 'logs:PutLogEvents', reason: 'Lambda writes the logs' },
  { action: 'xray:PutTraceSegments', reason: 'the X-Ray daemon in Lambda sends them' },
  { action: 'xray:PutTelemetryRecords', reason: 'the X-Ray daemon in Lambda sends them' },
];

interface Invocation {
  /** As the function's real source of events would send it. */
  readonly event: unknown;
  readonly answers: Answers;
  /** Time that the function is told is left. @default its timeout */
  readonly secondsLeft?: number;
}

/** How a function is shown to be wired rightly. */
export interface Proof {
  readonly invocations: readonly Invocation[];
  readonly unseen?: readonly Unseen[];
  /** Expectations of what came back and what was called. */
  readonly expects: (wiring: Wiring) => void;
}

export interface Wiring {
  readonly results: readonly unknown[];
  /** Standard output and error of all invocations. */
  readonly output: string;
  readonly calls: readonly AwsCall[];
  /** Calls that the stand-in was not told to answer. */
  readonly unanswered: readonly AwsCall[];
  /** What the function needs and its role may not. */
  readonly missing: readonly AccessRequest[];
  /** What its role may and the function does not need. */
  readonly unused: readonly AllowedAction[];
}

/** Invokes a function, each time in a fresh process, and holds its calls against its role. */
export async function proveWiring(
  deployed: DeployedStacks,
  deployedFunction: DeployedFunction,
  { invocations, unseen = [] }: Proof,
): Promise<Wiring> {
  const results: unknown[] = [];
  const calls: AwsCall[] = [];
  const unanswered: AwsCall[] = [];
  let output = '';
  for (const { event, answers, secondsLeft } of invocations) {
    const aws = await startAwsStandIn(answers);
    try {
      const timeoutSeconds = secondsLeft ?? deployedFunction.timeoutSeconds;
      const run = await runFunction({ ...deployedFunction, timeoutSeconds }, event, aws.url);
      results.push(run.result);
      output += run.output;
    } finally {
      calls.push(...aws.calls);
      unanswered.push(...aws.unanswered);
      await aws.close();
    }
  }
  const requests = calls.flatMap((call) => accessRequests(deployed, call));
  const { statements } = deployedFunction;
  const excused = new Set([...BY_LAMBDA, ...unseen].map(({ action }) => action));
  return {
    results,
    output,
    calls,
    unanswered,
    missing: requests.filter((request) => !isAllowed(statements, request)),
    unused: unusedActions(statements, requests).filter(({ action }) => !excused.has(action)),
  };
}
