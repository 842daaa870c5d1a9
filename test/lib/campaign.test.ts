import type { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { attachedApplication, parseAttachment } from '../../lib/attached-application.ts';
import { campaignApplication } from '../../lib/campaign-application.ts';
import { templatesOnly } from '../support/cdk-app.ts';
import { ATTACHMENT } from './attachment.ts';

const CAMPAIGNS = '111122223333';
const templateOf = (app: App, id: string) => Template.fromStack(app.node.findChild(id) as Stack);

describe('the machine of campaigns', () => {
  let template: Template;
  beforeAll(() => {
    const app = templatesOnly();
    campaignApplication(app, [CAMPAIGNS, '444455556666']);
    template = templateOf(app, 'CrossfadeCampaign');
  });

  it('may assume the campaigns’ roles of the accounts that are named, start itself anew, and do nothing else', () => {
    const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );
    const actions = new Set(statements.flatMap(({ Action }) => Action));
    for (const action of actions)
      expect(action).toMatch(
        /^(?:xray|logs):|^lambda:InvokeFunction$|^sts:AssumeRole$|^states:StartExecution$|^(?:sns:Publish|kms:Decrypt|kms:GenerateDataKey\*)$/,
      );
    const assumed = statements.find(({ Action }) => Action === 'sts:AssumeRole');
    expect(JSON.stringify(assumed.Resource)).toContain(`iam::${CAMPAIGNS}:role/*-campaign`);
  });

  it('tells of an execution that did not complete', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { detail: Match.objectLike({ status: ['FAILED', 'TIMED_OUT', 'ABORTED'] }) },
    });
  });

  it('lets services of AWS use its topic and its key for this account alone', () => {
    const documents = [
      ...Object.values(template.findResources('AWS::SNS::TopicPolicy')).map((r) => r.Properties.PolicyDocument),
      ...Object.values(template.findResources('AWS::KMS::Key')).map((r) => r.Properties.KeyPolicy),
    ];
    const ofServices = documents
      .flatMap(({ Statement }) => Statement)
      .filter(({ Effect, Principal }) => Effect === 'Allow' && Principal.Service !== undefined);
    expect(ofServices.length).toBeGreaterThan(1);
    for (const { Condition } of ofServices)
      expect(Condition).toEqual({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } });
    template.hasResourceProperties('AWS::Events::Rule', { Targets: [Match.objectLike({ RoleArn: Match.anyValue() })] });
  });

  it.each([
    [[], 'accounts must have at least 1 entry'],
    [['1234'], 'accounts.0 must be the twelve digits of an account, not "1234"'],
  ])('is refused for the accounts %j', (accounts, says) => {
    expect(() => campaignApplication(templatesOnly(), accounts)).toThrow(says);
  });
});

describe('a deployment that lets campaigns in', () => {
  it('gives them a role that starts, reads, pauses and brings back, and writes no listener rule', () => {
    const app = templatesOnly();
    attachedApplication(app, parseAttachment({ ...ATTACHMENT, campaignAccount: CAMPAIGNS }), {});
    const template = templateOf(app, 'CrossfadeCutover');
    const [[id, role] = []] = Object.entries(
      template.findResources('AWS::IAM::Role', {
        Properties: { Description: Match.stringLikeRegexp('^Campaigns of account') },
      }),
    );
    expect(JSON.stringify(role?.Properties.AssumeRolePolicyDocument)).toContain(
      `iam::${CAMPAIGNS}:role/crossfade-campaign`,
    );
    const actions = Object.values(template.findResources('AWS::IAM::Policy'))
      .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === id))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .flatMap(({ Action }) => Action);
    expect(actions.sort()).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'lambda:GetFunctionConfiguration',
      'lambda:InvokeFunction',
      'states:DescribeExecution',
      'states:StartExecution',
    ]);
  });
});
