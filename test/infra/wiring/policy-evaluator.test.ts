import { describe, expect, it } from 'vitest';
import {
  isAllowed,
  readStatements,
  unusedActions,
  type AccessRequest,
} from './policy-evaluator.ts';

const stream = 'arn:aws:kinesis:eu-west-1:123456789012:stream/events';
const put: AccessRequest = { action: 'kinesis:PutRecords', resource: stream, context: {} };

function policy(...statements: object[]): ReturnType<typeof readStatements> {
  return readStatements({ Version: '2012-10-17', Statement: statements });
}

describe('the policy evaluator', () => {
  it('denies what nothing allows', () => {
    expect(isAllowed([], put)).toBe(false);
    expect(
      isAllowed(policy({ Effect: 'Allow', Action: 'kinesis:PutRecord', Resource: '*' }), put),
    ).toBe(false);
    expect(
      isAllowed(
        policy({ Effect: 'Allow', Action: 'kinesis:PutRecords', Resource: `${stream}2` }),
        put,
      ),
    ).toBe(false);
  });

  it('reads wildcards as IAM does, actions whatever their case', () => {
    for (const [action, resource] of [
      ['kinesis:PutRecords', stream],
      ['KINESIS:put*', '*'],
      ['*', 'arn:aws:kinesis:*:*:stream/event?'],
    ]) {
      expect(isAllowed(policy({ Effect: 'Allow', Action: action, Resource: resource }), put)).toBe(
        true,
      );
    }
    const dotted = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'a.b+(c)/*' });
    expect(isAllowed(dotted, { action: 's3:GetObject', resource: 'a.b+(c)/d', context: {} })).toBe(
      true,
    );
    expect(isAllowed(dotted, { action: 's3:GetObject', resource: 'axb+(c)/d', context: {} })).toBe(
      false,
    );
  });

  it('lets a deny win', () => {
    const statements = policy(
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: ['kinesis:Put*'], Resource: [stream] },
    );
    expect(isAllowed(statements, put)).toBe(false);
    expect(isAllowed(statements, { ...put, action: 'kinesis:ListShards' })).toBe(true);
  });

  it('holds every condition against the request; a missing key never matches', () => {
    const statements = policy({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: 'key',
      Condition: {
        StringEquals: { 'kms:ViaService': 's3' },
        StringLike: { 'kms:EncryptionContext:aws:s3:arn': ['bucket', 'bucket/a/*'] },
      },
    });
    const request = (context: Record<string, string>): AccessRequest => ({
      action: 'kms:Decrypt',
      resource: 'key',
      context,
    });
    const arn = 'kms:EncryptionContext:aws:s3:arn';
    expect(isAllowed(statements, request({ 'kms:ViaService': 's3', [arn]: 'bucket/a/b' }))).toBe(
      true,
    );
    expect(isAllowed(statements, request({ 'kms:ViaService': 's3', [arn]: 'bucket/b' }))).toBe(
      false,
    );
    expect(isAllowed(statements, request({ 'kms:ViaService': 'sqs', [arn]: 'bucket' }))).toBe(
      false,
    );
    expect(isAllowed(statements, request({ 'kms:ViaService': 's3' }))).toBe(false);
  });

  it('tells which single actions on which resources nobody needed', () => {
    const statements = policy({
      Effect: 'Allow',
      Action: ['kinesis:PutRecords', 'kinesis:PutRecord'],
      Resource: [stream, 'other'],
    });
    expect(unusedActions(statements, [put])).toEqual([
      { action: 'kinesis:PutRecords', resource: 'other' },
      { action: 'kinesis:PutRecord', resource: stream },
      { action: 'kinesis:PutRecord', resource: 'other' },
    ]);
  });

  it('refuses what it has not learnt rather than guess', () => {
    expect(() => policy({ Effect: 'Allow', NotAction: 'x', Resource: '*' })).toThrow(/NotAction/);
    const odd = policy({
      Effect: 'Allow',
      Action: '*',
      Resource: '*',
      Condition: { DateLessThan: { 'aws:CurrentTime': 'x' } },
    });
    expect(() => isAllowed(odd, { ...put, context: { 'aws:CurrentTime': 'y' } })).toThrow(
      /DateLessThan/,
    );
  });
});
