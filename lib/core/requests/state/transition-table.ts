/** Which state may follow which; whatever is not listed is refused. */
export interface TransitionTable<State extends string> {
  readonly name: string;
  readonly initial: State;
  readonly terminal: readonly State[];
  readonly moves: Readonly<Record<State, readonly State[]>>;
}

/** A table that cannot be obeyed. The message lists every fault, one a line. */
class TransitionTableError extends Error {
  override readonly name = 'TransitionTableError';
}

/**
 * Checks a table when it is loaded: every state can be reached, no terminal state is left again, and
 * from every other state some terminal state can be reached.
 * @throws {TransitionTableError}
 */
export function defineTransitions<State extends string>(
  table: TransitionTable<State>,
): TransitionTable<State> {
  const faults: string[] = [];
  const states = Object.keys(table.moves) as State[];
  const reached = reachable(table, table.initial);
  for (const state of states) {
    if (!reached.has(state)) faults.push(`${state} can never be reached`);
    const ends = table.terminal.includes(state);
    if (ends && table.moves[state].length > 0) faults.push(`${state} is terminal but is left`);
    if (!ends && !table.terminal.some((end) => reachable(table, state).has(end))) {
      faults.push(`${state} is a dead end`);
    }
  }
  if (faults.length > 0) {
    throw new TransitionTableError(
      `The table of ${table.name} has faults:\n${faults.map((f) => `  - ${f}`).join('\n')}`,
    );
  }
  return table;
}

export function mayMove<State extends string>(
  table: TransitionTable<State>,
  from: State,
  to: State,
): boolean {
  return table.moves[from].includes(to);
}

function reachable<State extends string>(table: TransitionTable<State>, from: State): Set<State> {
  const seen = new Set<State>([from]);
  for (const state of seen) for (const next of table.moves[state]) seen.add(next);
  return seen;
}
