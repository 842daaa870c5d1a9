import {
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type ForwardActionConfig,
  ModifyRuleCommand,
  type RuleCondition,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { elbv2 } from '../../../rehearsal/cloud/services/elbv2.ts';
import type { RuleModel } from '../../../rehearsal/machine/world.ts';
import { LISTENER, loadBalancer, type Served, serve } from './support.ts';

const model = loadBalancer();
const groups = [...model.targetGroups.keys()];
const written: RuleModel[] = [];
let served: Served;
let client: ElasticLoadBalancingV2Client;

beforeEach(async () => {
  model.rules.clear();
  written.length = 0;
  const operations = elbv2(model, (rule) => written.push(rule), [{ arn: LISTENER, port: 443, protocol: 'HTTPS' }]);
  served = await serve({ query: { '2015-12-01': { service: 'elasticloadbalancing', operations } } });
  client = new ElasticLoadBalancingV2Client(served.client);
});
afterEach(async () => {
  client.destroy();
  await served.stop();
});

const forward = (...weights: (number | undefined)[]): ForwardActionConfig => ({
  TargetGroups: weights.map((Weight, i) => ({ TargetGroupArn: groups[i], Weight })),
});

async function create(config = forward(100, 0), Priority = 10): Promise<string> {
  const { Rules = [] } = await client.send(
    new CreateRuleCommand({
      ListenerArn: LISTENER,
      Priority,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
      Actions: [{ Type: 'forward', ForwardConfig: config }],
    }),
  );
  return Rules[0]?.RuleArn ?? '';
}

const modify = (RuleArn: string, ForwardConfig: ForwardActionConfig) =>
  client.send(new ModifyRuleCommand({ RuleArn, Actions: [{ Type: 'forward', ForwardConfig }] }));

describe('a weight write', () => {
  it('replaces the whole action, and is what the data plane reads', async () => {
    const arn = await create();
    await modify(arn, {
      ...forward(90, 10, 0),
      TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
    });
    expect(model.rules.get(arn)?.forward).toEqual({
      groups: [90, 10, 0].map((weight, i) => ({ targetGroupArn: groups[i], weight })),
      stickiness: { enabled: true, durationSeconds: 60 },
    });
    await modify(arn, forward(1));
    expect(model.rules.get(arn)?.forward.groups).toHaveLength(1);
    expect(model.rules.get(arn)?.forward.stickiness.enabled).toBe(false);
    expect(written).toHaveLength(3);
  });

  it.each<[string, ForwardActionConfig, string]>([
    ['a weight of 1000', forward(1000, 0), 'ValidationError'],
    ['a negative weight', forward(-1, 1), 'ValidationError'],
    ['six groups', forward(1, 1, 1, 1, 1, 1), 'ValidationError'],
    ['no group', { TargetGroups: [] }, 'ValidationError'],
    ['weights that are all 0', forward(0, 0), 'ValidationError'],
    [
      'a group named twice',
      { TargetGroups: [0, 0].map((i) => ({ TargetGroupArn: groups[i], Weight: 1 })) },
      'ValidationError',
    ],
    [
      'an unknown group',
      { TargetGroups: [{ TargetGroupArn: `${groups[0]}0`, Weight: 1 }] },
      'TargetGroupNotFoundException',
    ],
    ['what is no ARN', { TargetGroups: [{ TargetGroupArn: 'arn:none', Weight: 1 }] }, 'ValidationError'],
    [
      'stickiness for more than a week',
      { ...forward(1), TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 604_801 } },
      'ValidationError',
    ],
  ])('with %s is refused and changes nothing', async (_name, config, name) => {
    const arn = await create();
    const before = model.rules.get(arn);
    await expect(modify(arn, config)).rejects.toMatchObject({ name });
    expect(model.rules.get(arn)).toEqual(before);
  });

  it('without group stickiness is refused for a group that is sticky itself, beside another', async () => {
    const [first = '', second = ''] = groups;
    const group = model.targetGroups.get(second);
    if (group === undefined) throw new Error('no second group');
    model.targetGroups.set(second, { ...group, attributes: { 'stickiness.enabled': 'true' } });
    onTestFinished(() => void model.targetGroups.set(second, group));
    const arn = await create(forward(1));
    await expect(modify(arn, forward(100, 0))).rejects.toMatchObject({ name: 'InvalidConfigurationRequestException' });
    expect(model.rules.get(arn)?.forward.groups).toEqual([{ targetGroupArn: first, weight: 1 }]);
    const stickiness = { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 } };
    await modify(arn, { ...forward(100, 0), ...stickiness });
    await modify(arn, { TargetGroups: [{ TargetGroupArn: second, Weight: 1 }] });
    expect(model.rules.get(arn)?.forward.groups).toEqual([{ targetGroupArn: second, weight: 1 }]);
  });

  it('to an unknown rule is refused by AWS’s name for it', async () => {
    await expect(modify(`${await create()}0`, forward(1))).rejects.toMatchObject({ name: 'RuleNotFoundException' });
  });
});

describe('a rule', () => {
  it('is described as it was created, by its listener or its ARN', async () => {
    const second = await create(forward(1, undefined), 20);
    const first = await create(forward(100, 0), 10);
    const { Rules = [] } = await client.send(new DescribeRulesCommand({ ListenerArn: LISTENER }));
    expect(Rules.map((r) => [r.RuleArn, r.Priority])).toEqual([
      [first, '10'],
      [second, '20'],
      [expect.stringContaining('/default'), 'default'],
    ]);
    expect(Rules[0]?.Conditions).toMatchObject([{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }]);
    const one = await client.send(new DescribeRulesCommand({ RuleArns: [second] }));
    expect(one.Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups?.map((g) => g.Weight)).toEqual([1, 1]);
    await expect(client.send(new DescribeRulesCommand({}))).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('keeps its action when only its conditions are written', async () => {
    const arn = await create();
    const Conditions = [{ Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET', 'HEAD'] } }];
    await client.send(new ModifyRuleCommand({ RuleArn: arn, Conditions }));
    expect(model.rules.get(arn)).toMatchObject({ conditions: { methods: ['GET', 'HEAD'] }, priority: 10 });
    expect(model.rules.get(arn)?.forward.groups).toHaveLength(2);
  });

  it('takes a priority that is free and in range', async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ name: 'PriorityInUseException' });
    await expect(create(forward(1), 50_001)).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('is made and asked for on a listener that is there', async () => {
    const elsewhere = { ListenerArn: `${LISTENER}0` };
    const Actions = [{ Type: 'forward' as const, ForwardConfig: forward(1) }];
    const Conditions = [{ Field: 'path-pattern', Values: ['/*'] }];
    const refused = { name: 'ListenerNotFoundException' };
    await expect(
      client.send(new CreateRuleCommand({ ...elsewhere, Priority: 1, Conditions, Actions })),
    ).rejects.toMatchObject(refused);
    await expect(client.send(new DescribeRulesCommand(elsewhere))).rejects.toMatchObject(refused);
    await expect(client.send(new DescribeListenersCommand({ ListenerArns: [`${LISTENER}0`] }))).rejects.toMatchObject(
      refused,
    );
    await expect(client.send(new DescribeListenersCommand({}))).rejects.toMatchObject({ name: 'ValidationError' });
  });

  const paths = (...Values: string[]) => ({ Field: 'path-pattern', PathPatternConfig: { Values } });
  const header = (...Values: string[]) => ({
    Field: 'http-header',
    HttpHeaderConfig: { HttpHeaderName: 'X-Cohort', Values },
  });
  it.each<[string, RuleCondition[], string]>([
    ['six values', [paths('/1', '/2', '/3', '/4'), header('a', 'b')], "only have '5' condition values"],
    ['seven wildcards', [paths('/*/*/*/?', '/*/*/*')], "only have '6' condition wildcards"],
    ['a value of 129 characters', [paths(`/${'a'.repeat(128)}`)], 'at most 128 characters'],
    ['two conditions on its path', [paths('/a'), paths('/b')], "only have one 'path-pattern'"],
    ['a condition without a value', [paths()], 'value must be specified'],
    ['a condition of no kind', [{ Field: 'cookie', Values: ['a'] }], 'not known here'],
  ])('with %s is refused', async (_what, Conditions, message) => {
    const arn = await create();
    const before = model.rules.get(arn);
    const written = client.send(new ModifyRuleCommand({ RuleArn: arn, Conditions }));
    await expect(written).rejects.toMatchObject({ name: 'ValidationError', message: expect.stringContaining(message) });
    expect(model.rules.get(arn)).toEqual(before);
  });

  it('may have several conditions on header fields, all of which are kept', async () => {
    const arn = await create();
    await client.send(new ModifyRuleCommand({ RuleArn: arn, Conditions: [header('a'), header('b'), paths('/*')] }));
    expect(model.rules.get(arn)?.conditions).toEqual({
      paths: ['/*'],
      headers: ['a', 'b'].map((value) => ({ name: 'X-Cohort', values: [value] })),
    });
  });

  it('changes places with another in one call, and takes no place of a third', async () => {
    const [first, second] = [await create(forward(1), 1), await create(forward(1), 2)];
    await create(forward(1), 3);
    const move = (...priorities: [string, number][]) =>
      client.send(
        new SetRulePrioritiesCommand({
          RulePriorities: priorities.map(([RuleArn, Priority]) => ({ RuleArn, Priority })),
        }),
      );
    await move([first, 2], [second, 1]);
    expect([model.rules.get(first)?.priority, model.rules.get(second)?.priority]).toEqual([2, 1]);
    await expect(move([first, 3])).rejects.toMatchObject({ name: 'PriorityInUseException' });
    await expect(move([first, 4], [second, 4])).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(move([first, 0])).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('is refused once the load balancer has as many as the account allows', async () => {
    for (let priority = 1; priority <= 100; priority++) await create(forward(1), priority);
    await expect(create(forward(1), 101)).rejects.toMatchObject({ name: 'TooManyRulesException' });
  });

  it('is gone when it was deleted', async () => {
    const arn = await create();
    await client.send(new DeleteRuleCommand({ RuleArn: arn }));
    expect(model.rules.size).toBe(0);
    await expect(client.send(new DeleteRuleCommand({ RuleArn: arn }))).rejects.toMatchObject({
      name: 'RuleNotFoundException',
    });
  });
});

describe('what is asked about the load balancer', () => {
  it('is answered from its model', async () => {
    const [arn = ''] = groups;
    model.targetGroups.get(arn)?.targets.push({ host: '10.0.0.1', port: 80, health: 'unhealthy' });
    const health = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }));
    expect(health.TargetHealthDescriptions).toMatchObject([
      {
        Target: { Id: '10.0.0.1', Port: 80 },
        TargetHealth: { State: 'unhealthy', Reason: 'Target.FailedHealthChecks' },
      },
    ]);
    const described = await client.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }));
    expect(described.TargetGroups).toMatchObject([{ TargetGroupName: 'g1', HealthCheckPath: '/healthz' }]);
    const { LoadBalancers } = await client.send(new DescribeLoadBalancersCommand({}));
    expect(LoadBalancers).toMatchObject([{ LoadBalancerArn: model.arn, State: { Code: 'active' } }]);
    const { Listeners } = await client.send(new DescribeListenersCommand({ ListenerArns: [LISTENER] }));
    expect(Listeners).toMatchObject([{ Port: 443, Protocol: 'HTTPS' }]);
  });

  it('has tags for twenty resources a call, each of which must be there', async () => {
    const rule = await create();
    const ask = (...ResourceArns: string[]) => client.send(new DescribeTagsCommand({ ResourceArns }));
    const { TagDescriptions = [] } = await ask(model.arn, LISTENER, ...groups, rule);
    expect(TagDescriptions.map(({ ResourceArn }) => ResourceArn)).toEqual([model.arn, LISTENER, ...groups, rule]);
    await expect(ask(...Array.from({ length: 21 }, () => rule))).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(ask(`${rule}0`)).rejects.toMatchObject({ name: 'RuleNotFoundException' });
    await expect(ask(`${LISTENER}0`)).rejects.toMatchObject({ name: 'ListenerNotFoundException' });
    await expect(ask(`${groups[0]}0`)).rejects.toMatchObject({ name: 'TargetGroupNotFoundException' });
    await expect(ask(`${model.arn}0`)).rejects.toMatchObject({ name: 'LoadBalancerNotFoundException' });
  });
});
