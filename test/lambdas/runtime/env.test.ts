import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type Env,
  type EnvironmentOf,
  type EnvSpec,
  readEnv,
} from '../../../lambdas/runtime/env.ts';

const spec = {
  NAME: { type: 'string' },
  COUNT: { type: 'integer', min: 1, max: 10 },
  FLAG: { type: 'boolean', default: false },
  LIMIT: { type: 'integer', min: 0, max: 5, default: 3 },
  TABLE: { type: 'string', optional: true },
} as const satisfies EnvSpec;

describe('readEnv', () => {
  it('reads texts, whole numbers and flags, and fills in defaults', () => {
    expect(readEnv(spec, { NAME: 'n', COUNT: '10', FLAG: 'true', TABLE: 't' })).toEqual({
      NAME: 'n',
      COUNT: 10,
      FLAG: true,
      LIMIT: 3,
      TABLE: 't',
    });
    expect(readEnv(spec, { NAME: 'n', COUNT: '1' }).TABLE).toBeUndefined();
  });

  it('tells all faults in one message, without any value', () => {
    const read = () =>
      readEnv(spec, { NAME: ' ', COUNT: 'secret', FLAG: 'yes', LIMIT: '6', TABLE: '' });
    expect(read).toThrow(
      [
        "The function's environment has 5 faults; mend its stack:",
        '  - NAME: is blank; expected a text',
        '  - COUNT: is not a whole number from 1 to 10',
        '  - FLAG: is not "true" or "false"',
        '  - LIMIT: is not a whole number from 0 to 5',
        '  - TABLE: is blank; expected a text',
      ].join('\n'),
    );
    expect(read).not.toThrow('secret');
  });

  it('says what is not set', () => {
    expect(() => readEnv(spec, { COUNT: '1' })).toThrow('NAME: is not set; expected a text');
  });

  it.each(['', ' ', '0x1', '1e0', '1.0', '+1', '01', ' 1', '11', '0', 'NaN', '9'.repeat(400)])(
    'takes no %j for a whole number from 1 to 10',
    (COUNT) => {
      expect(() => readEnv(spec, { NAME: 'n', COUNT })).toThrow('COUNT');
    },
  );

  it.each(['TRUE', '1', 'yes', 'on', 'false '])('takes no %j for a flag', (FLAG) => {
    expect(() => readEnv(spec, { NAME: 'n', COUNT: '1', FLAG })).toThrow('FLAG');
  });

  it('types what it read, and what a stack must pass', () => {
    expectTypeOf<Env<typeof spec>>().toEqualTypeOf<{
      readonly NAME: string;
      readonly COUNT: number;
      readonly FLAG: boolean;
      readonly LIMIT: number;
      readonly TABLE: string | undefined;
    }>();
    expectTypeOf<{ NAME: string; COUNT: string }>().toExtend<EnvironmentOf<typeof spec>>();
    expectTypeOf<{ NAME: string }>().not.toExtend<EnvironmentOf<typeof spec>>();
    // @ts-expect-error A variable that the function does not know.
    const unknown: EnvironmentOf<typeof spec> = { NAME: '', COUNT: '', OTHER: '' };
    expect(unknown).toBeDefined();
  });
});
