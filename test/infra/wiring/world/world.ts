import { accessRequests } from '../access-requests.ts';
import { startAwsStandIn, type Answers, type AwsCall, type AwsStandIn } from '../aws-stand-in.ts';
import type { DeployedFunction } from '../deployed-functions.ts';
import type { DeployedStacks } from '../intrinsics.ts';
import {
  isAllowed,
  unusedActions,
  type AccessRequest,
  type AllowedAction,
} from '../policy-evaluator.ts';
import { BY_LAMBDA } from '../prove-wiring.ts';
import { startFunction, type RunningFunction } from '../run-function.ts';
import {
  filtered,
  kinesisEvent,
  mappingRequests,
  mappingsOf,
  sequenceNumber,
  tableEvent,
  type Mapping,
  type StreamEvent,
} from './event-sources.ts';
import { kmsAnswers, Post, secretAnswers, Streams } from './services.ts';
import { tableShapes } from './table-shapes.ts';
import { Tables } from './tables.ts';
import { VersionedObjects } from './versioned-objects.ts';

/** How often a batch is delivered: a loaded machine lets one function give up on another. */
const ATTEMPTS = 4;

/** An instance of a function, and the AWS that it alone sees. */
interface Instance {
  readonly running: RunningFunction;
  readonly aws: AwsStandIn;
}

/** All stacks as if deployed: functions call one another through services that remember. */
export class World {
  readonly tables: Tables;
  readonly streams = new Streams();
  readonly objects = new VersionedObjects([], () => this.now());
  readonly post = new Post();
  /** Whatever the functions wrote to their logs. */
  output = '';
  /** By how much the functions' clocks are ahead of ours. */
  private millisecondsAhead = 0;
  private readonly instances = new Map<string, Instance>();
  private readonly deployed: DeployedStacks;
  private readonly functions: ReadonlyMap<string, DeployedFunction>;
  private readonly mappings: readonly Mapping[];
  private readonly answers: Answers;

  /** @param more answers in the place of those of the same name */
  constructor(
    deployed: DeployedStacks,
    functions: ReadonlyMap<string, DeployedFunction>,
    more: Answers = {},
  ) {
    this.deployed = deployed;
    this.functions = functions;
    this.mappings = mappingsOf(deployed);
    this.tables = new Tables(tableShapes(deployed));
    this.answers = {
      ...this.tables.answers,
      ...this.streams.answers,
      ...this.objects.answers,
      ...this.post.answers,
      ...kmsAnswers(),
      ...secretAnswers(),
      'lambda:InvokeFunctionUrl': (input) => this.callUrl(input),
      'lambda:Invoke': ({ FunctionName, Payload }) =>
        this.invoke(this.idAt(String(FunctionName)), JSON.parse(String(Payload))),
      ...more,
    };
  }

  /** A function by its construct id; its instance stays, as on Lambda. */
  async invoke(id: string, event: unknown): Promise<unknown> {
    const { running } = await this.instance(id);
    const { result, output } = await running.invoke(event, this.millisecondsAhead);
    this.output += output;
    return result;
  }

  /** Lets time pass for every function. */
  pass(milliseconds: number): void {
    this.millisecondsAhead += milliseconds;
  }

  /** The functions' clock, ms. */
  now(): number {
    return Date.now() + this.millisecondsAhead;
  }

  /** Calls that nobody told the stand-in to answer. */
  get unanswered(): AwsCall[] {
    return [...this.instances.values()].flatMap(({ aws }) => aws.unanswered);
  }

  async close(): Promise<void> {
    for (const { running, aws } of this.instances.values()) {
      running.close();
      await aws.close();
    }
  }

  private async instance(id: string): Promise<Instance> {
    const found = this.functions.get(id);
    if (found === undefined) throw new Error(`There is no function ${id}`);
    const known = this.instances.get(id);
    if (known !== undefined) return known;
    const aws = await startAwsStandIn(this.answers);
    const instance = { running: startFunction(found, aws.url), aws };
    this.instances.set(id, instance);
    return instance;
  }

  /** Hands what is on streams and tables to the functions behind them, once; answers how much. */
  async turn(): Promise<number> {
    let delivered = 0;
    for (const sourceArn of new Set(this.mappings.map((mapping) => mapping.sourceArn))) {
      const mappings = this.mappings.filter((mapping) => mapping.sourceArn === sourceArn);
      const name = /(?:stream|table)\/([^/]+)/.exec(sourceArn)![1]!;
      const isKinesis = sourceArn.includes(':kinesis:');
      const data = isKinesis ? this.streams.drain(name) : [];
      const items = isKinesis ? [] : this.tables.drain(name);
      for (const mapping of mappings) {
        const records = filtered(mapping, data);
        if (records.length + items.length === 0) continue;
        delivered += records.length + items.length;
        await (isKinesis
          ? this.deliver(mapping, records, kinesisEvent)
          : this.deliver(mapping, items, tableEvent));
      }
    }
    return delivered;
  }

  /** Delivers a batch as a mapping does: again from the first record on that the function kept. */
  private async deliver<T>(
    { functionName, sourceArn }: Mapping,
    batch: readonly T[],
    eventOf: (batch: readonly T[], sourceArn: string) => StreamEvent,
  ): Promise<void> {
    let left = batch;
    for (let attempt = 1; left.length > 0; attempt++) {
      const event = eventOf(left, sourceArn);
      const result = await this.invoke(this.idOf(functionName), event);
      const { batchItemFailures } = result as { batchItemFailures: { itemIdentifier: string }[] };
      const kept = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      const first = event.Records.findIndex((record) => kept.includes(sequenceNumber(record)));
      if (kept.length > 0 && (first === -1 || attempt === ATTEMPTS)) {
        throw new Error(`${functionName} kept records:\n${this.output.slice(-3_000)}`);
      }
      left = first === -1 ? [] : left.slice(first);
    }
  }

  /** Turns until nothing moves any more. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < 20; turns++) {
      if ((await this.turn()) === 0) return;
    }
    throw new Error('The functions do not come to rest');
  }

  /** Calls of a function that its role does not allow, and what it allows that nobody needed. */
  roleOf(id: string): { missing: readonly AccessRequest[]; unused: readonly AllowedAction[] } {
    const { statements } = this.functions.get(id)!;
    const requests = [
      ...(this.instances.get(id)?.aws.calls ?? []).flatMap((call) =>
        accessRequests(this.deployed, call),
      ),
      ...this.mappings
        .filter(({ functionName }) => this.idOf(functionName) === id)
        .flatMap((mapping) => mappingRequests(this.deployed, mapping)),
    ];
    const excused = new Set(BY_LAMBDA.map(({ action }) => action));
    return {
      missing: requests.filter((request) => !isAllowed(statements, request)),
      unused: unusedActions(statements, requests).filter(({ action }) => !excused.has(action)),
    };
  }

  private async callUrl({ host, path, body }: Readonly<Record<string, unknown>>): Promise<unknown> {
    const arn = this.deployed.functionAt(String(host));
    const answer = (await this.invoke(this.idAt(arn), {
      version: '2.0',
      rawPath: path,
      rawQueryString: '',
      headers: { host },
      requestContext: { http: { method: 'POST', path, sourceIp: '198.51.100.7' } },
      body,
      isBase64Encoded: false,
    })) as { body: string };
    return JSON.parse(answer.body) as unknown;
  }

  private idAt(functionArn: string): string {
    return this.idOf(functionArn.slice(functionArn.lastIndexOf(':') + 1));
  }

  private idOf(functionName: string): string {
    for (const [id, { stack, id: logicalId }] of this.functions) {
      if (functionName === `${stack}-${logicalId}`) return id;
    }
    throw new Error(`No stack has ${functionName}`);
  }
}
