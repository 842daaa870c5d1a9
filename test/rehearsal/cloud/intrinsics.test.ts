import { describe, expect, it } from 'vitest';
import { assemblyOf, templateSchema } from '../../../rehearsal/cloud/template/assembly.ts';
import { resolve } from '../../../rehearsal/cloud/template/intrinsics.ts';
import { Names } from '../../../rehearsal/cloud/template/names.ts';

/** Returns a placeholder that Fn::Sub replaces. */
const sub = (name: string) => `\${${name}}`;

const names = new Names(
  assemblyOf(
    {
      A: templateSchema.parse({
        Parameters: { Stage: { Type: 'String', Default: 'prod' } },
        Resources: {
          Fn: { Type: 'AWS::Lambda::Function', Properties: {} },
          V1: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } },
          Machine: { Type: 'AWS::StepFunctions::StateMachine', Properties: { StateMachineName: 'cutover' } },
          MachineV1: {
            Type: 'AWS::StepFunctions::StateMachineVersion',
            Properties: { StateMachineArn: { Ref: 'Machine' } },
          },
          Live: {
            Type: 'AWS::StepFunctions::StateMachineAlias',
            Properties: {
              Name: 'live',
              RoutingConfiguration: [{ StateMachineVersionArn: { 'Fn::GetAtt': ['MachineV1', 'Arn'] }, Weight: 100 }],
            },
          },
          Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::Sub': `${sub('Stage')}-news` } } },
          Group: { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: {} },
        },
        Outputs: {
          Group: { Value: { Ref: 'Group' }, Export: { Name: { 'Fn::Sub': `${sub('AWS::StackName')}-group` } } },
        },
      }),
      B: templateSchema.parse({ Resources: {} }),
    },
    {},
  ),
);

const LOCAL = (service: string, rest: string) => `arn:aws:${service}:local-1:000000000000:${rest}`;

describe('an intrinsic function', () => {
  it.each<[string, unknown, unknown]>([
    ['Ref of a resource', { Ref: 'Fn' }, 'Fn'],
    ['Ref of a parameter', { Ref: 'Stage' }, 'prod'],
    ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'local-1'],
    ['Ref of AWS::NoValue in an object', { a: 1, b: { Ref: 'AWS::NoValue' } }, { a: 1 }],
    ['Ref of AWS::NoValue in a list', [1, { Ref: 'AWS::NoValue' }], [1]],
    ['GetAtt as a list', { 'Fn::GetAtt': ['Fn', 'Arn'] }, LOCAL('lambda', 'function:Fn')],
    ['GetAtt as text', { 'Fn::GetAtt': 'Group.TargetGroupFullName' }, 'targetgroup/Group/0000000000000001'],
    ['Ref of a version', { Ref: 'V1' }, LOCAL('lambda', 'function:Fn:1')],
    ['Ref of a machine', { Ref: 'Machine' }, LOCAL('states', 'stateMachine:cutover')],
    ['Ref of a machine’s alias', { Ref: 'Live' }, LOCAL('states', 'stateMachine:cutover:live')],
    ['Ref of a topic with a computed name', { Ref: 'Topic' }, LOCAL('sns', 'prod-news')],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }]] }, 'a-prod'],
    ['Split and Select', { 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
    [
      'Sub',
      { 'Fn::Sub': [sub('Stage'), sub('Fn.Arn'), sub('!Kept')].join('/') },
      ['prod', LOCAL('lambda', 'function:Fn'), sub('Kept')].join('/'),
    ],
    ['Sub with variables', { 'Fn::Sub': [`${sub('a')}-${sub('Stage')}`, { a: { Ref: 'Fn' } }] }, 'Fn-prod'],
    [
      'ImportValue',
      { 'Fn::ImportValue': 'A-group' },
      LOCAL('elasticloadbalancing', 'targetgroup/Group/0000000000000001'),
    ],
  ])('%s', (_name, value, expected) => {
    expect(resolve(value, 'A', names)).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ['one that is not known', { 'Fn::If': ['C', 1, 2] }],
    ['Ref of nothing', { Ref: 'Gone' }],
    ['GetAtt of nothing', { 'Fn::GetAtt': ['Gone', 'Arn'] }],
    ['an export of nobody', { 'Fn::ImportValue': 'gone' }],
    ['Join of what is no list', { 'Fn::Join': ['-', 'text'] }],
  ])('is refused: %s', (_name, value) => {
    expect(() => resolve(value, 'A', names)).toThrow(RangeError);
  });

  it('refuses a conditional resource, whose presence nobody has decided', () => {
    const template = { Resources: { T: { Type: 'AWS::SNS::Topic', Condition: 'C' } } };
    expect(templateSchema.safeParse(template).success).toBe(false);
  });
});
