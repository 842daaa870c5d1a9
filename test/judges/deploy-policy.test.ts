/**
 * Tests the policies with which CloudFormation deploys an attached cutover (docs/how-to/deploy-policy): what they allow
 * and refuse by IAM's rules and, where cfn-lint is installed, that they grant exactly the permissions that AWS's
 * resource schemas name for the template's types.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { attachedApplication } from '../../lib/attached-application.ts';
import { Context } from '../../rehearsal/cloud/access/conditions.ts';
import { decisionOn } from '../../rehearsal/cloud/access/evaluate.ts';
import { parsePolicy } from '../../rehearsal/cloud/access/policy.ts';
import { ATTACHMENT } from '../lib/attachment.ts';
import { deployPolicies, permissionsOf } from './deploy-policy.ts';
import { arnOf, type TemplateResource } from './physical-names.ts';

const { CROSSFADE_CFN_SCHEMAS: SCHEMAS, CROSSFADE_WRITE_POLICIES: WRITE } = process.env;
const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'how-to', 'deploy-policy');
const NAMES = ['resources', 'identities'] as const;
const textOf = (name: string) => readFileSync(join(FOLDER, `${name}.json`), 'utf8');
const templateSchema = z.object({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}).optional() })),
});
const AT = 'eu-west-1:123456789012';
const EXECUTION = {
  type: 'role',
  arn: 'arn:aws:iam::123456789012:role/cdk-cfn-exec',
  account: '123456789012',
} as const;

function may(action: string, resource: string, passedTo = 'lambda.amazonaws.com'): boolean {
  const identity = NAMES.flatMap((name) => parsePolicy(name, JSON.parse(textOf(name))));
  const context = new Context({ 'iam:PassedToService': [passedTo] });
  return decisionOn({ principal: EXECUTION, action, resource, context }, { identity, resource: [] }).allowed;
}

describe('the policies of a deployment', () => {
  it.each([
    ['lambda:CreateFunction', `arn:aws:lambda:${AT}:function:CrossfadeCutover-shop-CutoverFunctionsshiftFn-x`],
    ['lambda:AddPermission', `arn:aws:lambda:${AT}:function:shop-crossfade-rollback`],
    ['lambda:PublishVersion', `arn:aws:lambda:${AT}:function:CrossfadeCutover-shop-CutoverFunctionsshiftFn-x`],
    ['lambda:InvokeFunction', `arn:aws:lambda:${AT}:function:CrossfadeCutover-shop-CutoverRuleProviderframework-x`],
    ['iam:CreateRole', 'arn:aws:iam::123456789012:role/CrossfadeCutover-shop-CutoverMachineRole-x'],
    ['iam:PutRolePolicy', 'arn:aws:iam::123456789012:role/CrossfadeCutover-shop-CutoverMachineRole-x'],
    ['iam:PassRole', 'arn:aws:iam::123456789012:role/CrossfadeCutover-shop-CutoverMachineRole-x'],
    ['iam:CreatePolicy', 'arn:aws:iam::123456789012:policy/shop-eu-west-1-read'],
    ['states:CreateStateMachine', `arn:aws:states:${AT}:stateMachine:shop-cutover`],
    ['states:PublishStateMachineVersion', `arn:aws:states:${AT}:stateMachine:shop-cutover`],
    ['dynamodb:CreateTable', `arn:aws:dynamodb:${AT}:table/CrossfadeCutover-shop-CutoverLedger-x`],
    ['cloudwatch:PutMetricAlarm', `arn:aws:cloudwatch:${AT}:alarm:shop-elb-5xx`],
    ['kms:CreateKey', '*'],
    ['s3:CreateBucket', 'arn:aws:s3:::crossfadecutover-shop-cutoverparitypairs-x'],
    ['s3:GetObject', 'arn:aws:s3:::cdk-hnb659fds-assets-123456789012-eu-west-1/code.zip'],
    ['ssm:GetParameters', `arn:aws:ssm:${AT}:parameter/cdk-bootstrap/hnb659fds/version`],
  ])('allow %s on %s', (action, resource) => {
    expect(may(action, resource)).toBe(true);
  });

  it.each([
    ['lambda:UpdateFunctionCode', `arn:aws:lambda:${AT}:function:payments`],
    ['lambda:InvokeFunction', `arn:aws:lambda:${AT}:function:CrossfadeCutover-shop-CutoverFunctionsshiftFn-x`],
    ['iam:PutRolePolicy', 'arn:aws:iam::123456789012:role/Administrator'],
    ['iam:CreateUser', 'arn:aws:iam::123456789012:user/eve'],
    ['iam:PassRole', 'arn:aws:iam::123456789012:role/Administrator'],
    ['iam:CreatePolicyVersion', 'arn:aws:iam::123456789012:policy/Developers'],
    ['iam:DeletePolicy', 'arn:aws:iam::123456789012:policy/payments-read'],
    ['dynamodb:DescribeTable', `arn:aws:dynamodb:${AT}:table/payments`],
    ['states:StartExecution', `arn:aws:states:${AT}:stateMachine:shop-cutover`],
    ['states:DeleteStateMachine', `arn:aws:states:${AT}:stateMachine:payments`],
    ['dynamodb:DeleteTable', `arn:aws:dynamodb:${AT}:table/payments`],
    ['dynamodb:UpdateItem', `arn:aws:dynamodb:${AT}:table/CrossfadeCutover-shop-CutoverLedger-x`],
    ['s3:GetObject', 'arn:aws:s3:::crossfadecutover-shop-cutoverparitypairs-x/pairs/a.gz'],
    ['s3:DeleteBucket', 'arn:aws:s3:::payments'],
    ['elasticloadbalancing:ModifyRule', `arn:aws:elasticloadbalancing:${AT}:listener-rule/app/shop/1/2/3`],
    ['ec2:RunInstances', '*'],
  ])('refuse %s on %s', (action, resource) => {
    expect(may(action, resource)).toBe(false);
  });

  it('hand roles to the services that need them, and no other', () => {
    const role = 'arn:aws:iam::123456789012:role/CrossfadeCutover-shop-CutoverMachineRole-x';
    expect(may('iam:PassRole', role, 'states.amazonaws.com')).toBe(true);
    expect(may('iam:PassRole', role, 'ec2.amazonaws.com')).toBe(false);
  });

  // White space is not counted: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  it.each(NAMES)('fit a managed policy: %s', (name) => {
    expect(textOf(name).replaceAll(/\s/g, '').length).toBeLessThanOrEqual(6144);
  });
});

describe.skipIf(SCHEMAS === undefined)('the policies of a deployment, by AWS’s resource schemas', () => {
  /** Resources of an attached cutover with all options, by the name of its stack. */
  const stacks = new Map<string, Readonly<Record<string, TemplateResource>>>();
  let types: ReadonlySet<string>;
  beforeAll(() => {
    const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:teams-AbCdEf';
    for (const ingressId of ['shop', 'x'.repeat(40)]) {
      const app = new App();
      const all = { ingressId, campaignAccount: '111122223333', chat: { teams: { secretArn } } };
      attachedApplication(app, { ...ATTACHMENT, ...all }, {});
      const stack = app.node.findChild('CrossfadeCutover') as Stack;
      stacks.set(stack.stackName, templateSchema.parse(Template.fromStack(stack).toJSON()).Resources);
    }
    const made = [...stacks.values()].flatMap((resources) => Object.values(resources));
    types = new Set(made.flatMap(({ Type }) => (Type.startsWith('AWS::') ? [Type] : [])));
  });

  /** Returns what `told` returns for each resource with an ARN of its own, in both stacks. */
  const ofEach = <T>(told: (arn: string, resource: TemplateResource, id: string) => readonly T[]) =>
    [...stacks].flatMap(([stack, resources]) =>
      Object.entries(resources).flatMap(([id, resource]) => {
        const arn = arnOf(stack, id, resource);
        return arn === null ? [] : told(arn, resource, id);
      }),
    );

  it('let every handler of every resource do its calls on the very name that the resource gets', async () => {
    const permissions = permissionsOf(SCHEMAS ?? '', types);
    const made = await deployPolicies(permissions.values());
    const needed = new Set(NAMES.flatMap((name) => made[name].Statement.flatMap(({ Action }) => Action)));
    // Calls of a handler to other services concern other resources, which are checked under their own types.
    const asked = ofEach((arn, { Type }) =>
      [...new Set(permissions.get(Type))]
        .filter(
          (action) => needed.has(action) && action.split(':')[0] === arn.split(':')[2] && action !== 'iam:PassRole',
        )
        .map((action) => [action, arn] as const),
    );
    expect(asked.length).toBeGreaterThan(1_000);
    expect(asked.filter(([action, arn]) => !may(action, arn))).toEqual([]);
    console.log(`deploy policies: ${asked.length} calls of the handlers of ${stacks.size} stacks, each allowed`);
  });

  it('hand over every role of the stacks, each to the service that it trusts', () => {
    const roles = ofEach((arn, { Type, Properties }) => {
      const service = /"Service":"(\w+\.amazonaws\.com)"/.exec(JSON.stringify(Properties))?.[1];
      return Type === 'AWS::IAM::Role' && service !== undefined ? [[arn, service] as const] : [];
    });
    expect(roles.length).toBeGreaterThan(30);
    expect(roles.filter(([arn, service]) => !may('iam:PassRole', arn, service))).toEqual([]);
  });

  it('let the provider of rules be asked, by the name that its function gets', () => {
    const asked = ofEach((arn, { Type }, id) =>
      Type === 'AWS::Lambda::Function' && id.includes('RuleProviderframework') ? [arn] : [],
    );
    expect(asked).toHaveLength(stacks.size);
    expect(asked.filter((arn) => !may('lambda:InvokeFunction', arn))).toEqual([]);
  });

  it('are what the schemas name for every type of the template', async () => {
    const permissions = permissionsOf(SCHEMAS ?? '', types);
    expect([...types].filter((type) => !permissions.has(type))).toEqual([]);
    const made = await deployPolicies(permissions.values());
    for (const name of NAMES) {
      const text = `${JSON.stringify(made[name], null, 2)}\n`;
      if (WRITE !== undefined) writeFileSync(join(FOLDER, `${name}.json`), text);
      expect(JSON.parse(textOf(name)), `CROSSFADE_WRITE_POLICIES=1 writes ${name}.json anew`).toEqual(made[name]);
    }
    const rights = NAMES.flatMap((name) => made[name].Statement.flatMap(({ Action }) => Action));
    console.log(`deploy policies: ${rights.length} actions for ${types.size} resource types, by cfn-lint's schemas`);
  });
});
