import type { z } from 'zod';
import {
  lookupRequestSchema,
  PROTOCOL,
  REPLY_LIMIT,
  resolveRequestSchema,
  SERVICE_PATHS,
  taskRequestSchema,
  type Capabilities,
  type LookupReply,
  type ResolveReply,
} from '../core/services/protocol.ts';
import { findRecords, type ServiceDependencies } from './find-records.ts';
import { performTask } from './perform-task.ts';
import { profileCrosswalk } from './profile-crosswalk.ts';
import { SAMPLE_SERVICES, type SampleService, type SampleStore } from './sample-service.ts';

/** What a service answers, whatever carries it: HTTP, a Lambda payload, or a function call. */
export interface ServiceAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** How long a sample service may take for one task, s. */
const TASK_SECONDS = 60;

/** Answers one call of the service protocol. `body` is the parsed JSON; undefined when it is none. */
export async function answerCall(
  service: SampleService,
  deps: ServiceDependencies,
  call: { readonly method: string; readonly path: string; readonly body?: unknown },
): Promise<ServiceAnswer> {
  switch (`${call.method} ${call.path}`) {
    case `GET ${SERVICE_PATHS.capabilities}`:
      return { status: 200, body: capabilitiesOf(service) };
    case `POST ${SERVICE_PATHS.tasks}`:
      return answerTask(service, deps, call.body);
    case `POST ${SERVICE_PATHS.lookup}`:
      return answerLookup(service, deps, call.body);
    case `POST ${SERVICE_PATHS.resolve}`:
      return keepsProfiles(service) ? answerResolve(deps, call.body) : refuse(404, 'no-such-call');
    default:
      return refuse(404, 'no-such-call');
  }
}

/** The golden record is the profile. */
function keepsProfiles({ name }: SampleService): boolean {
  return name === SAMPLE_SERVICES[0].name;
}

function capabilitiesOf(service: SampleService): Capabilities {
  const { name, stores } = service;
  return {
    protocol: PROTOCOL,
    service: name,
    stores: stores.map((store) => ({
      name: store.name,
      operations: [...store.operations],
      identifiers: [...store.identifiers],
      tracking: store.tracking,
    })),
    taskSeconds: TASK_SECONDS,
    resolves: keepsProfiles(service),
  };
}

async function answerTask(
  service: SampleService,
  deps: ServiceDependencies,
  body: unknown,
): Promise<ServiceAnswer> {
  const read = readBody(service, taskRequestSchema, body);
  if ('refusal' in read) return read.refusal;
  const { store, message: task } = read;
  if (!store.operations.includes(task.operation)) return refuse(400, 'operation-not-offered');
  const outcome = await performTask(deps, store, task);
  if (outcome.kind === 'fenced') return refuse(409, 'fenced');
  const { reply } = outcome;
  return Buffer.byteLength(JSON.stringify(reply)) > REPLY_LIMIT
    ? { status: 200, body: { status: 'failed', code: 'too-much-data', retryable: false } }
    : { status: 200, body: reply };
}

async function answerLookup(
  service: SampleService,
  deps: ServiceDependencies,
  body: unknown,
): Promise<ServiceAnswer> {
  const read = readBody(service, lookupRequestSchema, body);
  if ('refusal' in read) return read.refusal;
  const { store, message } = read;
  const { length } = await findRecords(deps, store, message.identities);
  const reply: LookupReply =
    store.isExempt === true ? { erasable: 0, exempt: length } : { erasable: length };
  return { status: 200, body: reply };
}

async function answerResolve(deps: ServiceDependencies, body: unknown): Promise<ServiceAnswer> {
  const parsed = resolveRequestSchema.safeParse(body);
  if (!parsed.success) return refuse(400, 'malformed');
  const resolution = await profileCrosswalk(deps).resolve(parsed.data.identities);
  if (resolution.kind === 'failed') return refuse(503, resolution.code);
  const reply: ResolveReply =
    resolution.kind === 'resolved'
      ? { status: 'resolved', identities: [...resolution.identities] }
      : { status: resolution.kind };
  return { status: 200, body: reply };
}

function readBody<Message extends { store: string }>(
  { stores }: SampleService,
  schema: z.ZodType<Message>,
  body: unknown,
): { store: SampleStore; message: Message } | { refusal: ServiceAnswer } {
  const parsed = schema.safeParse(body);
  if (!parsed.success) return { refusal: refuse(400, 'malformed') };
  const store = stores.find(({ name }) => name === parsed.data.store);
  return store === undefined
    ? { refusal: refuse(400, 'no-such-store') }
    : { store, message: parsed.data };
}

function refuse(status: number, code: string): ServiceAnswer {
  return { status, body: { error: { code } } };
}
