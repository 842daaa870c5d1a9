import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActionData } from '../../../rehearsal/cloud/access/action-data.ts';
import { Context } from '../../../rehearsal/cloud/access/conditions.ts';
import { decisionOn, type Policies, type Principal } from '../../../rehearsal/cloud/access/evaluate.ts';
import { askedBy } from '../../../rehearsal/cloud/access/needed-rights.ts';
import { parsePolicy, type Statement } from '../../../rehearsal/cloud/access/policy.ts';
import { isArnLike, isLike } from '../../../rehearsal/cloud/access/wildcards.ts';

const ROLE: Principal = { type: 'role', arn: 'arn:aws:iam::000000000000:role/Fn', account: '000000000000' };
const TOPIC = 'arn:aws:sns:local-1:000000000000:Topic';

function policy(...statements: readonly object[]): Statement[] {
  return parsePolicy('Fn', { Version: '2012-10-17', Statement: statements });
}

/** Whether the role may publish to the topic. */
function may(
  policies: Partial<Policies>,
  asked: { action?: string; principal?: Principal; context?: Context } = {},
): boolean {
  const { action = 'sns:Publish', principal = ROLE, context = new Context({}) } = asked;
  return decisionOn({ principal, action, resource: TOPIC, context }, { identity: [], resource: [], ...policies })
    .allowed;
}

const ALLOW = { Effect: 'Allow', Action: 'sns:Publish', Resource: TOPIC };
const DENY = { ...ALLOW, Effect: 'Deny' };

/** A statement about the request, or about something else. */
const statements = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    Action: fc.constantFrom('sns:Publish', 'sns:*', '*', 'SNS:pub?ish', 'sqs:SendMessage', 'sns:Get*'),
    Resource: fc.constantFrom(TOPIC, '*', 'arn:aws:sns:*:*:Top*', 'arn:aws:sns:local-1:000000000000:Other'),
  })
  .map((statement) => policy(statement));
const many = fc.array(statements, { maxLength: 6 }).map((all) => all.flat());

describe('a decision', () => {
  it('is no where nothing speaks of the request', () => {
    expect(may({})).toBe(false);
    expect(may({ identity: policy({ ...ALLOW, Resource: `${TOPIC}2` }) })).toBe(false);
  });

  it('is yes by the policy of either side within one account', () => {
    const there = { ...ALLOW, Principal: { AWS: ROLE.arn } };
    expect(may({ identity: policy(ALLOW) })).toBe(true);
    expect(may({ resource: policy(there) })).toBe(true);
    expect(may({ resource: policy({ ...there, Principal: { AWS: `${ROLE.arn}2` } }) })).toBe(false);
  });

  it('is no whatever else is said once one statement denies', () => {
    fc.assert(
      fc.property(many, many, fc.nat(), (identity, resource, at) => {
        const place = at % (identity.length + 1);
        const denied = [...identity.slice(0, place), ...policy(DENY), ...identity.slice(place)];
        expect(may({ identity: denied, resource })).toBe(false);
        expect(may({ identity, resource: policy({ ...DENY, Principal: '*' }) })).toBe(false);
        expect(may({ identity: policy(ALLOW), boundary: denied })).toBe(false);
      }),
    );
  });

  it('does not depend on the order of statements, and allows the more the more they allow', () => {
    fc.assert(
      fc.property(many, fc.gen(), (identity, gen) => {
        const shuffled = gen(() => fc.shuffledSubarray(identity, { minLength: identity.length }));
        expect(may({ identity: shuffled })).toBe(may({ identity }));
        const denied = identity.some((s) => s.effect === 'Deny' && may({ identity: [{ ...s, effect: 'Allow' }] }));
        expect(may({ identity: [...identity, ...policy(ALLOW)] })).toBe(!denied);
      }),
    );
  });

  it('needs the boundary’s yes as well', () => {
    fc.assert(
      fc.property(many, many, (identity, boundary) => {
        expect(may({ identity, boundary })).toBe(may({ identity }) && may({ identity: boundary }));
      }),
    );
  });

  it('takes NotAction and NotResource for everything else', () => {
    fc.assert(
      fc.property(fc.constantFrom('sns:Publish', 'sns:*', 'sns:Get*', 'sqs:*'), (pattern) => {
        const plain = may({ identity: policy({ Effect: 'Allow', Action: pattern, Resource: '*' }) });
        expect(may({ identity: policy({ Effect: 'Allow', NotAction: pattern, Resource: '*' }) })).toBe(!plain);
      }),
    );
    expect(may({ identity: policy({ Effect: 'Allow', Action: 'sns:*', NotResource: TOPIC }) })).toBe(false);
  });

  it('lets a service do what the resource’s policy says, and nothing by the policy of a role', () => {
    const principal: Principal = { type: 'service', name: 'cloudwatch.amazonaws.com' };
    const there = (Principal: unknown) => policy({ ...ALLOW, Principal });
    expect(may({ resource: there({ Service: principal.name }) }, { principal })).toBe(true);
    expect(may({ resource: there({ Service: 'events.amazonaws.com' }) }, { principal })).toBe(false);
    expect(may({ identity: policy(ALLOW) }, { principal })).toBe(false);
    // The Deny alone, which replaces SNS's default policy, without an Allow beside it.
    expect(may({ resource: policy({ ...DENY, Principal: '*' }) }, { principal })).toBe(false);
  });

  it('counts the policy of a role at a key only where the key hands the question to the account', () => {
    const identity = policy({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' });
    const account = policy({
      Effect: 'Allow',
      Action: 'kms:*',
      Resource: '*',
      Principal: { AWS: 'arn:aws:iam::000000000000:root' },
    });
    const asked = { action: 'kms:Decrypt' };
    expect(may({ identity, resource: account, resourceMustAgree: true }, asked)).toBe(true);
    expect(may({ identity, resourceMustAgree: true }, asked)).toBe(false);
    expect(may({ resource: account, resourceMustAgree: true }, asked)).toBe(false);
  });
});

describe('a condition', () => {
  const where = (Condition: object, context: Context) =>
    may({ identity: policy({ ...ALLOW, Condition }) }, { context });
  const account = new Context({ 'aws:SourceAccount': ['1'], 'aws:SecureTransport': ['true'] }, ['aws:SourceArn']);

  it.each<[boolean, object]>([
    [true, { StringEquals: { 'aws:SourceAccount': '1' } }],
    [true, { StringEquals: { 'AWS:sourceaccount': ['2', '1'] } }],
    [false, { StringEquals: { 'aws:SourceAccount': '2' } }],
    [true, { StringNotEquals: { 'aws:SourceAccount': '2' } }],
    [true, { Bool: { 'aws:SecureTransport': true } }],
    [false, { Bool: { 'aws:SecureTransport': 'false' } }],
    [true, { NumericLessThan: { 'aws:SourceAccount': 2 } }],
    [false, { NumericGreaterThanEquals: { 'aws:SourceAccount': 2 } }],
    [true, { StringLike: { 'aws:SourceAccount': '?' } }],
    // An absent key: a positive test fails, a negated one holds, and IfExists holds.
    [false, { ArnLike: { 'aws:SourceArn': '*' } }],
    [true, { ArnNotLike: { 'aws:SourceArn': '*' } }],
    [true, { ArnLikeIfExists: { 'aws:SourceArn': 'arn:aws:sns:*' } }],
    [true, { Null: { 'aws:SourceArn': 'true' } }],
    [false, { Null: { 'aws:SourceAccount': 'true' } }],
    // All conditions must hold.
    [false, { StringEquals: { 'aws:SourceAccount': '1' }, Bool: { 'aws:SecureTransport': 'false' } }],
  ])('is %s: %j', (expected, condition) => {
    expect(where(condition, account)).toBe(expected);
  });

  /**
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
   */
  describe('on the values of a set', () => {
    const wanted = ['environment', 'cost*'];
    const holdsFor = (operator: string, given: readonly string[] | null, more: object = {}) =>
      where(
        { [operator]: { 'aws:TagKeys': wanted }, ...more },
        given === null ? new Context({}, ['aws:TagKeys']) : new Context({ 'aws:TagKeys': given }),
      );

    it.each<[readonly string[] | null, boolean, boolean]>([
      // Columns: the request's values; whether all of them match a wanted one; whether any of them does.
      [['environment'], true, true],
      [['environment', 'cost-centre'], true, true],
      [['environment', 'team'], false, true],
      [['team'], false, false],
      [['Environment'], false, false],
      // Without values, `ForAllValues` holds and `ForAnyValue` does not. A single empty text counts as no value.
      [[], true, false],
      [[''], true, false],
      [null, true, false],
    ])('%j', (given, all, any) => {
      expect(holdsFor('ForAllValues:StringLike', given)).toBe(all);
      expect(holdsFor('ForAnyValue:StringLike', given)).toBe(any);
    });

    it.each<[readonly string[] | null, boolean, boolean]>([
      [['team'], true, true],
      [['team', 'environment'], false, true],
      [['environment', 'cost-centre'], false, false],
      [[], true, false],
      [null, true, false],
    ])('%j, each held against none of what is not wanted', (given, all, any) => {
      expect(holdsFor('ForAllValues:StringNotLike', given)).toBe(all);
      expect(holdsFor('ForAnyValue:StringNotLike', given)).toBe(any);
    });

    it('lets what is absent pass with IfExists, and refuses it beside Null', () => {
      expect(holdsFor('ForAnyValue:StringLikeIfExists', null)).toBe(true);
      expect(holdsFor('ForAnyValue:StringLikeIfExists', ['team'])).toBe(false);
      for (const given of [null, [], ['']])
        expect(holdsFor('ForAllValues:StringLike', given, { Null: { 'aws:TagKeys': 'false' } })).toBe(false);
      expect(holdsFor('ForAllValues:StringLike', ['environment'], { Null: { 'aws:TagKeys': 'false' } })).toBe(true);
    });

    it('says of any values and none that all pass exactly when no value fails', () => {
      const value = fc.constantFrom('environment', 'cost-centre', 'team', '');
      fc.assert(
        fc.property(fc.array(value), (given) => {
          expect(holdsFor('ForAllValues:StringLike', given)).toBe(!holdsFor('ForAnyValue:StringNotLike', given));
          expect(holdsFor('ForAllValues:StringNotLike', given)).toBe(!holdsFor('ForAnyValue:StringLike', given));
        }),
      );
    });
  });

  it.each([
    ['an operator', { IpAddress: { 'aws:SourceAccount': '10.0.0.0/8' } }],
    ['an operator of sets', { 'ForAllValues:IpAddress': { 'aws:SourceAccount': '10.0.0.0/8' } }],
    ['a set', { 'ForNoValue:StringEquals': { 'aws:SourceAccount': '1' } }],
    ['a key of a set', { 'ForAllValues:StringEquals': { 'aws:PrincipalOrgID': 'o-1' } }],
    ['a key', { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }],
    ['a key, in a test that its absence would pass', { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } }],
    ['a policy variable', { StringEquals: { 'aws:SourceAccount': `\${aws:PrincipalTag/team}` } }],
  ])('that asks for %s that is not known here is an error, and never allows', (_what, condition) => {
    expect(() => where(condition, account)).toThrow(/not known/);
    const both = policy({ ...ALLOW }, { ...DENY, Condition: condition });
    expect(() => may({ identity: both }, { context: account })).toThrow(/not known/);
  });
});

describe('a pattern', () => {
  it('matches its own text, whatever stands in it, and any text by stars', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(isLike(a.replaceAll(/[*?]/g, ''), a.replaceAll(/[*?]/g, ''))).toBe(true);
        expect(isLike('*', a)).toBe(true);
        const plain = a.replaceAll(/[*?]/g, '');
        expect(isLike(`${plain}*`, plain + b)).toBe(true);
        expect(isLike(`*${plain}`, b + plain)).toBe(true);
        expect(isLike(`${plain}?`, plain)).toBe(false);
      }),
    );
  });

  it('does not reach over a part of an ARN', () => {
    expect(isArnLike('arn:aws:sns:*:Topic', TOPIC)).toBe(false);
    expect(isArnLike('arn:aws:sns:*:*:Topic', TOPIC)).toBe(true);
    expect(isArnLike('arn:aws:lambda:*:*:function:f:*', 'arn:aws:lambda:r:1:function:f:7')).toBe(true);
    expect(isArnLike('arn:aws:lambda:*:*:function:f', 'arn:aws:lambda:r:1:function:f:7')).toBe(false);
  });
});

describe('AWS’s own data', async () => {
  const data = await ActionData.of(['s3', 'states', 'elasticloadbalancing']);

  it('refuses an action that AWS does not have', async () => {
    expect(() => data.matching('s3:PutObjekt')).toThrow('AWS has no action s3:PutObjekt');
    expect(data.matching('s3:GetObject*')).toContain('s3:getobjecttagging');
    await expect(ActionData.of(['s4'])).rejects.toThrow('AWS has no service s4');
  });

  it('says which actions no resource can be named for', () => {
    expect(data.hasResources('elasticloadbalancing:DescribeRules')).toBe(false);
    expect(data.hasResources('elasticloadbalancing:ModifyRule')).toBe(true);
    expect(data.hasResources('states:SendTaskSuccess')).toBe(false);
  });
});

describe('what a call asks for', () => {
  const known = {
    tagsOf: () => ({ 'crossfade:ingress': 'gateway' }),
    keyOf: () => 'arn:aws:kms:local-1:000000000000:key/K',
  };

  it('is the key of an encrypted topic, too', () => {
    const asked = askedBy('sns', 'Publish', { TopicArn: TOPIC }, known);
    expect(asked.map((a) => a.action)).toEqual(['sns:Publish', 'kms:GenerateDataKey', 'kms:Decrypt']);
  });

  it('is AddTags for a rule that is made with a tag', () => {
    const listener = 'arn:aws:elasticloadbalancing:local-1:000000000000:listener/app/lb/1/2';
    const fields = {
      ListenerArn: listener,
      'Tags.member.1.Key': 'crossfade:ingress',
      'Tags.member.1.Value': 'gateway',
    };
    expect(askedBy('elasticloadbalancing', 'CreateRule', fields, known)).toMatchObject([
      { action: 'elasticloadbalancing:CreateRule', resource: listener },
      { action: 'elasticloadbalancing:AddTags', context: { 'elasticloadbalancing:CreateAction': ['CreateRule'] } },
    ]);
  });

  it('is a machine and, as a condition, its alias', () => {
    const stateMachineArn = 'arn:aws:states:local-1:000000000000:stateMachine:m:live';
    expect(askedBy('states', 'StartExecution', { stateMachineArn }, known)).toEqual([
      {
        action: 'states:StartExecution',
        resource: 'arn:aws:states:local-1:000000000000:stateMachine:m',
        context: { 'states:StateMachineQualifier': ['live'] },
      },
    ]);
  });

  it('is every alarm where composite ones are asked for', () => {
    const resource = (fields: object) => askedBy('cloudwatch', 'DescribeAlarms', { ...fields }, known)[0]?.resource;
    expect(resource({ AlarmNames: ['a'], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] })).toBe('*');
    expect(resource({ AlarmNames: ['a'] })).toMatch(/alarm:\*$/);
  });

  it('is an error for a call of which nobody has said it', () => {
    expect(() => askedBy('dynamodb', 'DescribeTable', { TableName: 't' }, known)).toThrow(/which permission/);
  });
});
