import { describe, expect, it } from 'vitest';
import { LIFECYCLES } from '../../../lib/core/requests/model/request.ts';
import { LIFECYCLE } from '../../../lib/core/requests/state/lifecycle-table.ts';
import { defineTransitions } from '../../../lib/core/requests/state/transition-table.ts';
import { Draft, IllegalTransitionError } from '../../../lib/core/requests/state/draft.ts';
import { context, dispatchedRequest, sampleRequest } from './sample-request.ts';

describe('a transition table', () => {
  it('with a state that nothing reaches is refused on load', () => {
    expect(() =>
      defineTransitions<string>({
        name: 'test',
        initial: 'A',
        terminal: ['B'],
        moves: { A: ['B'], B: [], LOST: ['B'] },
      }),
    ).toThrow('LOST can never be reached');
  });

  it('with a dead end that is not terminal is refused on load', () => {
    expect(() =>
      defineTransitions<string>({
        name: 'test',
        initial: 'A',
        terminal: ['B'],
        moves: { A: ['B', 'TRAP'], B: [], TRAP: ['TRAP'] },
      }),
    ).toThrow('TRAP is a dead end');
  });

  it('whose terminal state is left is refused on load', () => {
    expect(() =>
      defineTransitions<string>({
        name: 'test',
        initial: 'A',
        terminal: ['B'],
        moves: { A: ['B'], B: ['A'] },
      }),
    ).toThrow('B is terminal but is left');
  });
});

describe('a draft', () => {
  it('makes every move that the table lists, and throws at every other one', () => {
    for (const from of LIFECYCLES) {
      for (const to of LIFECYCLES) {
        if (from === to) continue;
        const move = () => {
          new Draft(sampleRequest({ lifecycle: from }), context()).moveTo(to);
        };
        if (LIFECYCLE.moves[from].includes(to)) expect(move).not.toThrow();
        else expect(move).toThrow(IllegalTransitionError);
      }
    }
  });

  it('throws at a task move that the table does not list', () => {
    const draft = new Draft(dispatchedRequest(), context());
    expect(() => {
      draft.setTask('profiles', { state: 'READY' });
    }).toThrow(IllegalTransitionError);
  });

  it('that changes nothing decides nothing', () => {
    const request = sampleRequest();
    expect(new Draft(request, context()).decide()).toEqual({ kind: 'unchanged', request });
  });
});
