import { parentPort, workerData } from 'node:worker_threads';

import { CompiledMatcher } from '../lib/core/erasure/compiled-matcher.ts';
import { FileWork } from './commands/erase/file-work.ts';
import type {
  ResultMessage,
  TaskMessage,
  TaskResult,
  WorkerData,
} from './commands/erase/worker-protocol.ts';

const port = parentPort!;
const { criteria, progress } = workerData as WorkerData;
const counter = new BigInt64Array(progress);
const work = new FileWork(new CompiledMatcher(criteria), (count) => {
  Atomics.add(counter, 0, BigInt(count));
});

port.on('message', ({ id, task }: TaskMessage) => {
  const onFree = () => port.postMessage({ id, isFree: true } satisfies ResultMessage);
  work.run(task, onFree).then(
    (result) => port.postMessage({ id, result } satisfies ResultMessage, handedOver(result)),
    (error: unknown) => {
      const known = error instanceof Error ? error : new Error(String(error));
      const code = 'code' in known && typeof known.code === 'string' ? known.code : undefined;
      const message = known.message;
      port.postMessage({ id, error: { message, ...(code && { code }) } } satisfies ResultMessage);
    },
  );
});

/** What is nobody's here once it is sent, and needs no copy. */
function handedOver(result: TaskResult): ArrayBuffer[] {
  const buffer = result.kind === 'found-piece' ? result.findings.plan?.cuts.buffer : undefined;
  return buffer instanceof ArrayBuffer ? [buffer] : [];
}
