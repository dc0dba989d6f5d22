import type { Clock } from '../../core/ports/clock.ts';

/** What one shard takes in a second. Source: Kinesis Data Streams developer guide, quotas. */
const RECORDS_A_SECOND = 1000;
const BYTES_A_SECOND = 1024 * 1024;

/** Room for writes to one shard; refilled as time goes by, for one second at most. */
export class ShardThroughput {
  private readonly clock: Clock;
  private records = RECORDS_A_SECOND;
  private bytes = BYTES_A_SECOND;
  private refilledAt: number;

  constructor(clock: Clock) {
    this.clock = clock;
    this.refilledAt = clock.now();
  }

  /** Takes room for one record, or answers false and takes none. */
  take(bytes: number): boolean {
    this.refill();
    if (this.records < 1 || this.bytes < bytes) return false;
    this.records -= 1;
    this.bytes -= bytes;
    return true;
  }

  private refill(): void {
    const now = this.clock.now();
    // A clock that was set back refills nothing, and counts from there.
    const seconds = Math.max(0, now - this.refilledAt) / 1000;
    this.refilledAt = now;
    this.records = Math.min(RECORDS_A_SECOND, this.records + seconds * RECORDS_A_SECOND);
    this.bytes = Math.min(BYTES_A_SECOND, this.bytes + seconds * BYTES_A_SECOND);
  }
}
