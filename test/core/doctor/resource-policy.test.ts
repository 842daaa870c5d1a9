import { describe, expect, it } from 'vitest';
import { allowsService } from '../../../core/doctor/resource-policy.ts';

describe('a resource policy allows a service', () => {
  const allow = { Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: ['sns:Publish'] };
  const deny = { Effect: 'Deny', Principal: '*', Action: 'sns:*' };
  const may = (Statement: unknown) => allowsService({ Statement }, 'cloudwatch.amazonaws.com', ['sns:Publish']);

  it.each<[string, unknown, boolean]>([
    ['by its name', [allow], true],
    ['by everybody', { ...allow, Principal: '*' }, true],
    ['by any AWS principal', { ...allow, Principal: { AWS: '*' } }, true],
    ['by a wildcard in the action, in any case', { ...allow, Action: 'SNS:Pub*' }, true],
    ['not another service', { ...allow, Principal: { Service: 'events.amazonaws.com' } }, false],
    ['not another action', { ...allow, Action: 'sns:Subscribe' }, false],
    ['not beside a Deny', [allow, deny], false],
    [
      'beside a Deny of plain transport',
      [allow, { ...deny, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
      true,
    ],
    ['not by a Deny alone', [deny], false],
    ['not by no policy', undefined, false],
  ])('%s', (_, statement, expected) => {
    expect(may(statement)).toBe(expected);
  });
});
