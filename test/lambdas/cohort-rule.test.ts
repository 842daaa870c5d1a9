import {
  CreateRuleCommand,
  type CreateRuleCommandInput,
  DescribeRulesCommand,
  type ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import { makeHandler } from '../../lambdas/weighted-rule.ts';
import { awsClient } from '../support/aws-client.ts';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:1:listener-rule/app/lb/1/2/3';
const LISTENER = 'arn:aws:elasticloadbalancing:eu-west-1:1:listener/app/lb/1/2';

/** A listener with one rule, which is read back as it was written. */
function listener() {
  let rule: CreateRuleCommandInput | undefined;
  let writes = 0;
  const elb = awsClient<ElasticLoadBalancingV2Client>(async (command: object) => {
    if (command instanceof CreateRuleCommand) rule = command.input;
    if (command instanceof ModifyRuleCommand) {
      rule = { ...(rule as CreateRuleCommandInput), ...command.input };
      writes++;
    }
    const found = {
      RuleArn: ARN,
      Priority: String(rule?.Priority),
      Conditions: rule?.Conditions,
      Actions: rule?.Actions,
    };
    return command instanceof DescribeRulesCommand || command instanceof CreateRuleCommand ? { Rules: [found] } : {};
  });
  const handle = makeHandler({ elb, owner: async () => null, clock: { sleep: async () => {} }, ingressId: 'shop' });
  return { handle, conditions: () => rule?.Conditions, writes: () => writes };
}

const properties = (Cohort: object) => ({
  ListenerArn: LISTENER,
  Priority: '3',
  Methods: [],
  Paths: ['/*'],
  StableArn: 'tg/stable',
  GroupArns: ['tg/stable', 'tg/candidate'],
  Cohort,
});
const update = (Cohort: object, old: object) => ({
  RequestType: 'Update',
  PhysicalResourceId: ARN,
  ResourceProperties: properties(Cohort),
  OldResourceProperties: properties(old),
});

describe('the rule of a cohort', () => {
  const header = { header: { name: 'X-Tester', values: ['yes'] } };

  it.each([
    [header, { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Tester', Values: ['yes'] } }],
    [{ sourceIps: ['192.0.2.0/24'] }, { Field: 'source-ip', SourceIpConfig: { Values: ['192.0.2.0/24'] } }],
  ])('matches %j beside its paths, and sends it to the stable side', async (cohort, condition) => {
    const { handle, conditions } = listener();
    await handle({ RequestType: 'Create', ResourceProperties: properties(cohort) });
    expect(conditions()).toEqual([{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }, condition]);
  });

  it('is left alone by an update that changes nothing, also of the case of the header’s name', async () => {
    const { handle, writes } = listener();
    await handle({ RequestType: 'Create', ResourceProperties: properties(header) });
    await handle(update({ header: { name: 'x-tester', values: ['yes'] } }, header));
    expect(writes()).toBe(0);
  });

  it('follows an update of who the testers are', async () => {
    const { handle, writes, conditions } = listener();
    await handle({ RequestType: 'Create', ResourceProperties: properties(header) });
    await handle(update({ header: { name: 'X-Tester', values: ['yes', 'beta'] } }, header));
    expect(writes()).toBe(1);
    expect(conditions()).toContainEqual({
      Field: 'http-header',
      HttpHeaderConfig: { HttpHeaderName: 'X-Tester', Values: ['yes', 'beta'] },
    });
  });
});
