import type { Identity } from '../../requests/model/request.ts';
import { capabilitiesSchema, SERVICE_PATHS, type Capabilities } from '../protocol.ts';
import { BrokenRule, NotRun, type ServiceWire, type StoreUnderTest } from './check.ts';
import { CROSSWALK } from './crosswalk-checks.ts';
import { HARMLESS, WITH_SUBJECT } from './checks.ts';

export interface CheckResult {
  /** The store's name; absent for the service as a whole. */
  store?: string;
  claim: string;
  outcome: 'passed' | 'failed' | 'not-run';
  /** What is wrong, or why it was not run. */
  detail?: string;
}

const CAPABILITIES = 'says what it can do';

/**
 * Tries whether a service keeps the protocol, store by store. Rules about erasure run only with a
 * data subject made for the test, who is gone afterwards.
 */
export async function verifyService(
  wire: ServiceWire,
  subject: readonly Identity[] | undefined,
): Promise<CheckResult[]> {
  const capabilities = await readCapabilities(wire);
  if (typeof capabilities === 'string') {
    return [{ claim: CAPABILITIES, outcome: 'failed', detail: capabilities }];
  }
  const results: CheckResult[] = [{ claim: CAPABILITIES, outcome: 'passed' }];
  if (capabilities.resolves === true)
    results.push(...(await tryCrosswalk(wire, capabilities, subject)));
  for (const store of capabilities.stores) {
    const known = subject?.filter(({ identifier }) => store.identifiers.includes(identifier));
    const target: StoreUnderTest = {
      wire,
      store,
      taskSeconds: capabilities.taskSeconds,
      subject: known === undefined || known.length === 0 ? undefined : known,
    };
    for (const check of [...HARMLESS, ...WITH_SUBJECT]) {
      const result = await tryOut(() => check.run(target));
      results.push({ store: store.name, claim: check.claim, ...result });
    }
  }
  return results;
}

/** Before the stores are tried: the subject is erased by that. */
async function tryCrosswalk(
  wire: ServiceWire,
  { stores }: Capabilities,
  subject: readonly Identity[] = [],
): Promise<CheckResult[]> {
  const identifiers = [...new Set(stores.flatMap((store) => store.identifiers))];
  const known = subject.filter(({ identifier }) => identifiers.includes(identifier));
  const results: CheckResult[] = [];
  for (const check of CROSSWALK) {
    const result = await tryOut(() => check.run({ wire, identifiers, subject: known }));
    results.push({ claim: check.claim, ...result });
  }
  return results;
}

async function tryOut(run: () => Promise<void>): Promise<Pick<CheckResult, 'outcome' | 'detail'>> {
  try {
    await run();
    return { outcome: 'passed' };
  } catch (error) {
    if (error instanceof NotRun) return { outcome: 'not-run', detail: error.message };
    if (error instanceof BrokenRule) return { outcome: 'failed', detail: error.message };
    throw error;
  }
}

async function readCapabilities(wire: ServiceWire): Promise<Capabilities | string> {
  const reply = await wire.call('GET', SERVICE_PATHS.capabilities);
  if (reply.kind === 'failed') return `no answer (${reply.code})`;
  if (reply.status !== 200) {
    return `GET ${SERVICE_PATHS.capabilities} answered ${reply.status}, expected 200`;
  }
  const parsed = capabilitiesSchema.safeParse(reply.body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return `a fault at "${issue?.path.map(String).join('.') ?? ''}": ${issue?.message ?? ''}`;
}
