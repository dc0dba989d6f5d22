import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLog, errorFields, type LogFields } from '../../../lambdas/runtime/log.ts';

/** Lines that a logger wrote while `work` ran. */
function linesOf(work: () => void): Record<string, unknown>[] {
  const written: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
  }
  work();
  vi.restoreAllMocks();
  return written
    .join('')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

afterEach(() => vi.restoreAllMocks());

describe('the log', () => {
  it('writes a message and the fields that are allowed', () => {
    const fields = { records: 2, failures: { 'invalid-base64': 1 } };
    const [line] = linesOf(() => createLog('service').info('Events redacted', fields));
    expect(line).toMatchObject({ message: 'Events redacted', service: 'service', ...fields });
  });

  it('drops what the types would have refused', () => {
    const sneaked = {
      records: 'Gnoll',
      name: 'Gnoll',
      failures: { 'Gnoll 807': 1, 'not-json': 'Gnoll' },
      errorCode: 'Gnoll 807831104',
      kept: 1,
    } as unknown as LogFields;
    const [line] = linesOf(() => createLog('service').warn('Events redacted', sneaked));
    expect(line).toMatchObject({ kept: 1 });
    expect(JSON.stringify(line)).not.toContain('Gnoll');
  });

  it('refuses messages that were made at run time, and unknown fields, by type', () => {
    const name: string = 'Gnoll';
    const log = createLog('service');
    const misuse = () => {
      // @ts-expect-error A message that was read from somewhere.
      log.info(name);
      // @ts-expect-error A field that could be anything.
      log.info('Events redacted', { name });
    };
    expect(misuse).toBeTypeOf('function');
  });

  it('names an error and its code, never its message', () => {
    const error = Object.assign(new SyntaxError('Unexpected token G in "Gnoll"'), {
      code: 'E_JSON',
    });
    const [line] = linesOf(() => createLog('service').error('It failed', error));
    expect(line).toMatchObject({ errorName: 'SyntaxError', errorCode: 'E_JSON' });
    expect(JSON.stringify(line)).not.toContain('Gnoll');
  });

  it('prints no name that does not look like one, and nothing of what is no error', () => {
    const error = Object.assign(new Error('m'), { name: 'Gnoll, born 2011', code: '807 83' });
    expect(errorFields(error)).toEqual({ errorName: 'Error' });
    expect(errorFields('Gnoll')).toEqual({ errorName: 'NotAnError' });
  });
});
