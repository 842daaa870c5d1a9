/** Load balancers, and listeners with all their rules. */
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { BalancerFacts, ListenerFacts } from '../../../core/doctor/index.ts';
import { describeRules } from '../../../lambdas/aws/elb/index.ts';
import { type Clients, unlessMissing } from './clients.ts';

export async function lookAtListener({ elb }: Clients, arn: string): Promise<ListenerFacts> {
  const found = await unlessMissing(elb.send(new DescribeListenersCommand({ ListenerArns: [arn] })));
  const listener = found?.Listeners?.[0];
  if (listener === undefined) return { arn, loadBalancerArn: null, rules: [] };
  const rules = await describeRules(elb, { ListenerArn: arn });
  return { arn, loadBalancerArn: listener.LoadBalancerArn ?? null, rules };
}

export async function lookAtBalancer({ elb }: Clients, arn: string): Promise<BalancerFacts> {
  const { Attributes = [] } = await elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn }));
  return { arn, desync: Attributes.find(({ Key }) => Key === 'routing.http.desync_mitigation_mode')?.Value ?? null };
}
