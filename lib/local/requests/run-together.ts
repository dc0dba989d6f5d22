/**
 * Runs loops until the signal aborts. When one fails, the others are told to stop, and only when all
 * have ended is its error thrown: nobody works on with what is then closed.
 */
export async function runTogether(
  loops: readonly ((signal: AbortSignal) => Promise<void>)[],
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const endings = await Promise.allSettled(
    loops.map(async (loop) => {
      try {
        await loop(either);
      } catch (error) {
        failed.abort();
        throw error;
      }
    }),
  );
  for (const ending of endings) if (ending.status === 'rejected') throw ending.reason;
}
