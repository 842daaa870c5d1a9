/**
 * The policies by which CloudFormation deploys an attached cutover (docs/how-to/deploy-policy): what they allow and refuse by IAM's rules, and,
 * where cfn-lint is installed, that they are what AWS's resource schemas name for the template's types: no right too few, none too many.
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

const { CROSSFADE_CFN_SCHEMAS: SCHEMAS, CROSSFADE_WRITE_POLICIES: WRITE } = process.env;
const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'how-to', 'deploy-policy');
const NAMES = ['resources', 'identities'] as const;
const textOf = (name: string) => readFileSync(join(FOLDER, `${name}.json`), 'utf8');
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

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: white space is not counted.
  it.each(NAMES)('fit a managed policy: %s', (name) => {
    expect(textOf(name).replaceAll(/\s/g, '').length).toBeLessThanOrEqual(6144);
  });
});

describe.skipIf(SCHEMAS === undefined)('the policies of a deployment, by AWS’s resource schemas', () => {
  let types: ReadonlySet<string>;
  beforeAll(() => {
    const app = new App();
    attachedApplication(app, { ...ATTACHMENT, campaignAccount: '111122223333' }, {});
    const template = Template.fromStack(app.node.findChild('CrossfadeCutover') as Stack).toJSON();
    const { Resources } = z.object({ Resources: z.record(z.string(), z.object({ Type: z.string() })) }).parse(template);
    types = new Set(Object.values(Resources).flatMap(({ Type }) => (Type.startsWith('AWS::') ? [Type] : [])));
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
