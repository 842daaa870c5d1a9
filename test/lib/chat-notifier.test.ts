import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { channelSchema } from '../../lambdas/chat/channel.ts';
import { ledgerTable } from '../../lib/cutover/ledger-table.ts';
import { type ChatChannels, ChatNotifier } from '../../lib/notices/chat-notifier.ts';
import { templatesOnly } from '../support/cdk-app.ts';
import { present } from '../support/present.ts';

const SECRET = (name: string) => `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}-AbCdEf`;
const ALL: ChatChannels = {
  slack: { secretArn: SECRET('slack'), channel: 'C0123456789' },
  teams: { secretArn: SECRET('teams') },
  pagerDuty: { secretArn: SECRET('pager') },
};

function synthesised(channels: ChatChannels): Template {
  const stack = new Stack(templatesOnly(), 'S', { env: { region: 'eu-west-1', account: '123456789012' } });
  new ChatNotifier(stack, 'Chat', { topic: new Topic(stack, 'Topic'), ledger: ledgerTable(stack, 'Ledger'), channels });
  return Template.fromStack(stack);
}

const policySchema = z.looseObject({
  Properties: z.looseObject({
    PolicyDocument: z.looseObject({
      Statement: z.array(z.looseObject({ Action: z.union([z.string(), z.array(z.string())]), Resource: z.unknown() })),
    }),
  }),
});

describe('a chat notifier', () => {
  const template = synthesised(ALL);
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).map((p) => policySchema.parse(p));
  const statements = policies.map(({ Properties }) => Properties.PolicyDocument.Statement);

  it('has a function for each channel, which reads its own secret and no other', () => {
    template.resourceCountIs('AWS::SNS::Subscription', 3);
    const secrets = statements.map((of) =>
      of.filter(({ Action }) => Action === 'secretsmanager:GetSecretValue').map(({ Resource }) => Resource),
    );
    expect(secrets.toSorted()).toEqual([[SECRET('pager')], [SECRET('slack')], [SECRET('teams')]]);
  });

  it('writes its functions a channel that they can read', () => {
    const channels = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) => {
      const text: unknown = Properties.Environment.Variables.CROSSFADE_CHANNEL;
      const whole =
        typeof text === 'string'
          ? text
          : z
              .looseObject({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) })
              .parse(text)
              ['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'ledger'))
              .join('');
      return channelSchema.parse(JSON.parse(whole)).type;
    });
    expect(channels.toSorted()).toEqual(['pagerduty', 'slack', 'teams']);
  });

  it('may touch the threads of its own channel alone in the table that holds the lease', () => {
    const onTable = statements.flat().filter(({ Action }) => JSON.stringify(Action).includes('dynamodb:'));
    expect(onTable).toEqual([
      expect.objectContaining({
        Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
        Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['CHAT#C0123456789'] } },
      }),
    ]);
  });

  it('keeps what a channel refuses', () => {
    for (const { Properties } of present(Object.values(template.findResources('AWS::SNS::Subscription'))))
      expect(Properties.RedrivePolicy).toHaveProperty('deadLetterTargetArn');
    template.resourceCountIs('AWS::Lambda::EventInvokeConfig', 3);
  });

  it('makes nothing for a channel that is not named', () => {
    synthesised({ teams: { secretArn: SECRET('teams') } }).resourceCountIs('AWS::Lambda::Function', 1);
  });
});
