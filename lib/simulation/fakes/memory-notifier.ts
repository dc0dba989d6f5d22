import type { Notice, NoticeOutcome, Notifier } from '../../core/ports/notifier.ts';

/** A mailbox in memory: keeps what it accepts, once per dedupe key. */
export class MemoryNotifier implements Notifier {
  readonly accepted = new Map<string, Notice>();
  onAccept: ((notice: Notice, dedupeKey: string) => void) | undefined;

  send(notice: Notice, dedupeKey: string): Promise<NoticeOutcome> {
    if (this.accepted.has(dedupeKey)) return Promise.resolve({ kind: 'already-accepted' });
    this.accepted.set(dedupeKey, structuredClone(notice));
    this.onAccept?.(notice, dedupeKey);
    return Promise.resolve({ kind: 'accepted' });
  }
}
