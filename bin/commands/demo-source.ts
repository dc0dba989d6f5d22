import type { PutOutcome, RecordStream, StreamRecord } from '../../lib/core/ports/record-stream.ts';

/**
 * Takes so many events and no more, and remembers each that was accepted, for the check. What is
 * over is refused like any record that a stream does not take.
 */
export class CountedStream implements RecordStream {
  readonly accepted: Buffer[] = [];
  private readonly stream: RecordStream;
  private readonly limit: number;
  private underWay = 0;

  constructor(stream: RecordStream, limit: number) {
    this.stream = stream;
    this.limit = limit;
  }

  get isFull(): boolean {
    return this.accepted.length >= this.limit;
  }

  async put(records: readonly StreamRecord[]): Promise<readonly PutOutcome[]> {
    const room = Math.max(0, this.limit - this.accepted.length - this.underWay);
    const taken = records.slice(0, room);
    const refused = records.slice(room).map((): PutOutcome => ({ ok: false, code: 'DemoIsFull' }));
    if (taken.length === 0) return refused;
    this.underWay += taken.length;
    try {
      const outcomes = await this.stream.put(taken);
      for (const [at, { data }] of taken.entries()) {
        if (outcomes[at]?.ok === true) this.accepted.push(Buffer.from(data));
      }
      return [...outcomes, ...refused];
    } finally {
      this.underWay -= taken.length;
    }
  }

  openShards(): Promise<number> {
    return this.stream.openShards();
  }
}

const MALFORMED: readonly Uint8Array[] = [
  Buffer.from('{"name":"Mallory","dob":"1970-01-01","ssn_no":"000000001","data_share_conse'),
  Buffer.from("{'name': 'Trent', 'ssn_no': '000000002'}"),
  Buffer.from('Peggy,1970-01-03,F,000000003,true'),
  // UTF-8 that breaks off within a letter.
  Buffer.concat([
    Buffer.from('{"name":"Zo'),
    Buffer.from([0xc3]),
    Buffer.from('","dob":"1970-01-04"}'),
  ]),
];

/** Records that are no events, as real streams hold some: about one in a thousand, at least four. */
export function malformedRecords(events: number): StreamRecord[] {
  const count = Math.min(100, Math.max(MALFORMED.length, Math.round(events / 1000)));
  return Array.from({ length: count }, (_, at) => ({
    partitionKey: `malformed ${at}`,
    data: MALFORMED[at % MALFORMED.length]!,
  }));
}
