import {
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it } from 'vitest';
import { elbv2 } from '../../../rehearsal/cloud/services/elbv2.ts';
import type { Fault } from '../../../rehearsal/cloud/wire/faults.ts';
import { LISTENER, loadBalancer, type Served, serve } from './support.ts';

let served: Served | undefined;
let client: ElasticLoadBalancingV2Client | undefined;
afterEach(async () => {
  client?.destroy();
  await served?.stop();
});

const RULE = `${LISTENER.replace(':listener/', ':listener-rule/')}/1`;

/** Serves a load balancer with one rule, whose first `ModifyRule` call meets the fault. */
async function withFault(fault: Fault, maxAttempts: number) {
  const model = loadBalancer();
  const [stable = '', candidate = ''] = model.targetGroups.keys();
  const forward = {
    groups: [{ targetGroupArn: stable, weight: 100 }],
    stickiness: { enabled: false, durationSeconds: 0 },
  };
  model.rules.set(RULE, { arn: RULE, priority: 1, conditions: {}, forward });
  const seen: string[] = [];
  served = await serve(
    {
      query: { '2015-12-01': { service: 'elasticloadbalancing', operations: elbv2(model, () => {}, []) } },
      intercept: (service, operation, n) => {
        seen.push(`${service}.${operation}.${n}`);
        return operation === 'ModifyRule' && n === 1 ? fault : null;
      },
    },
    maxAttempts,
  );
  const elb = new ElasticLoadBalancingV2Client(served.client);
  client = elb;
  const TargetGroups = [{ TargetGroupArn: candidate, Weight: 1 }];
  const write = () =>
    elb.send(new ModifyRuleCommand({ RuleArn: RULE, Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }] }));
  const hasEffect = () => model.rules.get(RULE)?.forward.groups[0]?.targetGroupArn === candidate;
  return { elb, write, hasEffect, seen };
}

describe('a fault', () => {
  it.each<[Fault, boolean]>([
    ['throttle', false],
    ['fail', false],
    ['lose-answer', true],
    ['garbage', true],
  ])('%s is an error to the caller, with an effect: %s', async (fault, effect) => {
    const { write, hasEffect } = await withFault(fault, 1);
    await expect(write()).rejects.toBeInstanceOf(Error);
    expect(hasEffect()).toBe(effect);
  });

  it.each<[Fault]>([['throttle'], ['fail'], ['lose-answer']])('%s is one that the SDK tries again', async (fault) => {
    const { write, hasEffect, seen } = await withFault(fault, 2);
    await write();
    expect(hasEffect()).toBe(true);
    expect(seen).toEqual(['elasticloadbalancing.ModifyRule.1', 'elasticloadbalancing.ModifyRule.2']);
  });

  it('is asked for with a count of its own for each operation', async () => {
    const { elb, seen } = await withFault('throttle', 1);
    await elb.send(new DescribeRulesCommand({ RuleArns: [RULE] }));
    await elb.send(new DescribeRulesCommand({ RuleArns: [RULE] }));
    expect(seen).toEqual(['elasticloadbalancing.DescribeRules.1', 'elasticloadbalancing.DescribeRules.2']);
  });
});

describe('an operation that is not known here', () => {
  it('is refused by name', async () => {
    served = await serve({ json: { AWSStepFunctions: { service: 'states', operations: {} } } });
    const states = new SFNClient(served.client);
    await expect(states.send(new StopExecutionCommand({ executionArn: 'a' }))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
    states.destroy();
  });
});
