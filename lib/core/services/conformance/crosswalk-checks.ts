import type { Identity } from '../../requests/model/request.ts';
import { PROTOCOL, resolveReplySchema, SERVICE_PATHS, type ResolveReply } from '../protocol.ts';
import { answered, refused } from './calls.ts';
import { broken, NotRun, type ServiceWire } from './check.ts';

/** A service that says it knows who is who, and a data subject whom it knows. */
interface CrosswalkUnderTest {
  wire: ServiceWire;
  /** All that its stores are found by. */
  identifiers: readonly string[];
  /** As far as the service takes these identifiers. */
  subject: readonly Identity[];
}

interface CrosswalkCheck {
  claim: string;
  run(target: CrosswalkUnderTest): Promise<void>;
}

/** Rules about `POST /dsr/resolve`: nothing is changed by them. */
export const CROSSWALK: readonly CrosswalkCheck[] = [
  {
    claim: 'does not know who nobody is',
    run: async ({ wire, identifiers }) => {
      const nobody = identifiers.map((identifier) => ({
        identifier,
        value: `nobody-${wire.newId()}@example.invalid`,
      }));
      const { status } = await resolve(wire, nobody);
      if (status !== 'unknown') broken(`nobody was answered "${status}"`);
    },
  },
  {
    claim: 'refuses to say who a malformed question means',
    run: async ({ wire }) => {
      for (const body of [{}, { protocol: PROTOCOL, identities: [] }]) {
        const reply = await wire.call('POST', SERVICE_PATHS.resolve, body);
        refused(reply, 'a question without identities');
      }
    },
  },
  {
    claim: 'knows the test subject by each identity alone as the same person',
    run: async ({ wire, subject }) => {
      if (subject.length === 0) throw new NotRun('give a data subject made for the test');
      const people = new Set<string>();
      for (const identity of subject) {
        const reply = await resolve(wire, [identity]);
        if (reply.status !== 'resolved') {
          broken(`the test subject's ${identity.identifier} was answered "${reply.status}"`);
        }
        people.add(printPerson(reply.identities));
      }
      if (people.size > 1) broken('the test subject is several people, by which identity is asked');
    },
  },
];

async function resolve(wire: ServiceWire, identities: readonly Identity[]): Promise<ResolveReply> {
  const body = { protocol: PROTOCOL, identities };
  const { status, body: said } = answered(await wire.call('POST', SERVICE_PATHS.resolve, body));
  if (status !== 200) broken(`resolve answered ${status}, expected 200`);
  const parsed = resolveReplySchema.safeParse(said);
  if (!parsed.success) broken('resolve answered something else than {"status":…}');
  return parsed.data;
}

function printPerson(identities: readonly Identity[]): string {
  return identities
    .map(({ identifier, value }) => JSON.stringify([identifier, value]))
    .sort()
    .join();
}
