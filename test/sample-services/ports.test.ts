import {
  serviceOver,
  crosswalkOver,
  ServiceWireError,
} from '../../lib/core/services/service-ports.ts';
import { describe, expect, it } from 'vitest';
import { answerCall } from '../../lib/sample-services/answer-call.ts';
import { profileCrosswalk } from '../../lib/sample-services/profile-crosswalk.ts';
import { SAMPLE_SERVICES } from '../../lib/sample-services/sample-service.ts';
import { crosswalkContract } from '../contracts/crosswalk.ts';
import { servicesContract } from '../contracts/services.ts';
import { NOBODY, samplePeople } from './sample-people.ts';

const clock = { now: () => 1_000 };

servicesContract('a sample service in process', async () => {
  const { deps, people } = await samplePeople();
  const post = (path: string, body: unknown) =>
    answerCall(SAMPLE_SERVICES[1], deps, { method: 'POST', path, body });
  const services = serviceOver(post, clock);
  return { services, store: 'orders', subject: people[0], nobody: NOBODY };
});

crosswalkContract('profileCrosswalk', async () => {
  const { deps, people } = await samplePeople();
  return { crosswalk: profileCrosswalk(deps), people, nobody: NOBODY };
});

describe('a service that can’t be asked', () => {
  it('is a failed call, with a code that quotes nothing', async () => {
    const identities = [{ identifier: 'email', value: 'CANARY-PERSON@example.com' }];
    const call = {
      ...({
        store: 'orders',
        operation: 'erase',
        dsrId: 'd',
        taskId: 'orders',
        attempt: 1,
      } as const),
      ...{ reason: 'dsr:d/orders#1', identities },
    };
    const throwing = (error: Error) => () => Promise.reject(error);
    const late = serviceOver(throwing(new ServiceWireError('timeout')), clock);
    expect(await late.call(call)).toEqual({ kind: 'failed', code: 'timeout', retryable: true });
    expect(await late.lookUp('orders', identities)).toEqual({ kind: 'failed', code: 'timeout' });
    const odd = throwing(new Error('CANARY-PERSON@example.com was refused'));
    expect(await crosswalkOver(odd).resolve(identities)).toEqual({
      ...{ kind: 'failed', code: 'call-threw' },
    });
  });

  it('does not know who is who when it keeps no golden record', async () => {
    const { deps } = await samplePeople();
    const post = (path: string, body: unknown) =>
      answerCall(SAMPLE_SERVICES[1], deps, { method: 'POST', path, body });
    expect(await crosswalkOver(post).resolve(NOBODY)).toEqual({ kind: 'failed', code: 'http-404' });
  });
});
