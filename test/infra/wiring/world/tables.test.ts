import { describe, expect, it } from 'vitest';
import { holds, updated } from './expressions.ts';
import { Tables } from './tables.ts';

const ITEM = { pk: { S: 'a' }, sk: { S: 'b' }, version: { N: '10' }, holder: { S: 'me' } };

describe('the stand-in for DynamoDB', () => {
  it.each([
    ['attribute_not_exists(pk)', false],
    ['attribute_exists(pk) AND version = :ten', true],
    // As numbers, not as text.
    ['version < :nine', false],
    ['version <= :ten', true],
    ['attribute_not_exists(pk) OR holder IN (:other, :me)', true],
    ['attribute_not_exists(pk) OR (attribute_not_exists(outcome) AND version < :nine)', false],
    ['#version = :ten AND NOT begins_with(holder, :me)', false],
    ['missing = :me', false],
    ['version = :me', false],
  ])('knows of %s whether it holds', (condition, expected) => {
    const names = { '#version': 'version' };
    const values = {
      ...{ ':nine': { N: '9' }, ':ten': { N: '10' } },
      ...{ ':me': { S: 'me' }, ':other': { S: 'other' } },
    };
    expect(holds(condition, { names, values }, ITEM)).toBe(expected);
  });

  it('refuses what it does not know, so that no condition is passed over', () => {
    const none = { names: {}, values: {} };
    expect(() => holds('size(pk) = sk', none, ITEM)).toThrow('Teach expressions.ts');
    expect(() => holds('pk = :unknown', none, ITEM)).toThrow('Teach expressions.ts');
    expect(() => updated('REMOVE pk', none, ITEM)).toThrow('Teach expressions.ts');
  });

  it('adds, and takes another value where one is missing', () => {
    const values = { ':one': { N: '1' } };
    const change = 'SET version = version + :one, seen = if_not_exists(seen, :one)';
    expect(updated(change, { names: {}, values }, ITEM)).toEqual({
      ...ITEM,
      version: { N: '11' },
      seen: { N: '1' },
    });
  });

  it('writes all of a transaction or nothing, and says which condition failed', () => {
    const tables = new Tables(
      new Map([['table', { key: { partition: 'pk', sort: 'sk' }, indexes: new Map() }]]),
    );
    tables.put('table', ITEM);
    const put = (sk: string) => ({
      Put: {
        TableName: 'table',
        Item: { pk: { S: 'a' }, sk: { S: sk } },
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    });
    const write = tables.answers['dynamodb:TransactWriteItems']!;
    expect(write({ TransactItems: [put('c'), put('b')] })).toMatchObject({
      CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: ITEM }],
    });
    expect(tables.all('table')).toEqual([ITEM]);
    expect(write({ TransactItems: [put('c'), put('d')] })).toEqual({});
    expect(tables.drain('table')).toHaveLength(3);
  });
});
