import { expect, it } from 'vitest';
import { roleOfSession } from '../../../lambdas/runtime/principal.ts';

it.each([
  [
    'arn:aws:sts::111122223333:assumed-role/sender/session-7',
    'arn:aws:iam::111122223333:role/sender',
  ],
  [
    'arn:aws-us-gov:sts::111122223333:assumed-role/a.b@c/x',
    'arn:aws-us-gov:iam::111122223333:role/a.b@c',
  ],
  ['arn:aws:iam::111122223333:user/ann', 'arn:aws:iam::111122223333:user/ann'],
  [
    'arn:aws:sts::111122223333:assumed-role/sender',
    'arn:aws:sts::111122223333:assumed-role/sender',
  ],
  [
    'x arn:aws:sts::111122223333:assumed-role/sender/y',
    'x arn:aws:sts::111122223333:assumed-role/sender/y',
  ],
])('%s is known as %s', (principal, known) => {
  expect(roleOfSession(principal)).toBe(known);
});
