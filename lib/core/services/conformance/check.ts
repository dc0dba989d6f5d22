import type { Identity } from '../../requests/model/request.ts';
import type { Capabilities } from '../protocol.ts';

export type WireReply =
  /** `body` is the parsed JSON; undefined when it is none. */
  | { kind: 'reply'; status: number; body: unknown; bytes: number }
  /** No reply: refused, cut, too late. */
  | { kind: 'failed'; code: string };

/** Reaches the service under test. `body`: a value to send as JSON, or bytes to send as they are. */
export interface ServiceWire {
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<WireReply>;
  wait(milliseconds: number): Promise<void>;
  /** A fresh id at each call. */
  newId(): string;
}

/** A rule of the protocol that the service breaks; the message says which and what to do. */
export class BrokenRule extends Error {
  override readonly name = 'BrokenRule';
}

/** The rule can't be tried here: the message says what is missing. */
export class NotRun extends Error {
  override readonly name = 'NotRun';
}

/** One store of the service, and a data subject whom it knows. */
export interface StoreUnderTest {
  wire: ServiceWire;
  store: Capabilities['stores'][number];
  taskSeconds: number;
  /** Made for the test: it will be erased. */
  subject: readonly Identity[] | undefined;
}

/** One rule. */
export interface Check {
  /** A claim: "does a task once, however often it is asked". */
  claim: string;
  /** @throws {BrokenRule} {@link NotRun} */
  run(target: StoreUnderTest): Promise<void>;
}

export function broken(message: string): never {
  throw new BrokenRule(message);
}
