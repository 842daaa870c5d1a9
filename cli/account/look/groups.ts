/** Target groups with their health. */
import { DescribeTargetGroupsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { GroupFacts } from '../../../core/doctor/index.ts';
import type { GroupRole } from '../../../core/model/index.ts';
import { groupHealth, isSticky } from '../../../lambdas/aws/elb/index.ts';
import { type Clients, unlessMissing } from './clients.ts';

export async function lookAtGroup({ elb }: Clients, role: GroupRole, arn: string): Promise<GroupFacts> {
  const answer = await unlessMissing(elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] })));
  const group = answer?.TargetGroups?.[0];
  if (group === undefined) return { role, arn, found: null };
  const [sticky, health] = await Promise.all([isSticky(elb, arn), groupHealth(elb, arn)]);
  return {
    role,
    arn,
    found: {
      loadBalancerArns: group.LoadBalancerArns ?? [],
      targetType: group.TargetType ?? 'unknown',
      protocol: group.Protocol ?? 'unknown',
      protocolVersion: group.ProtocolVersion ?? 'HTTP1',
      sticky,
      health,
    },
  };
}
