/** Target groups with their health. */
import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { GroupFacts } from '../../../core/doctor/index.ts';
import type { GroupRole } from '../../../core/model/index.ts';
import { type Clients, unlessMissing } from './clients.ts';
import { tagsOf } from './listeners.ts';

export async function lookAtGroup({ elb }: Clients, role: GroupRole, arn: string): Promise<GroupFacts> {
  const answer = await unlessMissing(elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] })));
  const group = answer?.TargetGroups?.[0];
  if (group === undefined) return { role, arn, found: null };
  const [attributes, health, tags] = await Promise.all([
    elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn })),
    elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn })),
    tagsOf(elb, [arn]),
  ]);
  const states = (health.TargetHealthDescriptions ?? []).map((d) => d.TargetHealth?.State);
  const registered = states.filter((state) => state !== 'draining');
  return {
    role,
    arn,
    found: {
      loadBalancerArns: group.LoadBalancerArns ?? [],
      targetType: group.TargetType ?? 'unknown',
      protocol: group.Protocol ?? 'unknown',
      protocolVersion: group.ProtocolVersion ?? 'HTTP1',
      sticky: (attributes.Attributes ?? []).some((a) => a.Key === 'stickiness.enabled' && a.Value === 'true'),
      health: {
        healthy: registered.filter((state) => state === 'healthy').length,
        unhealthy: registered.filter((state) => state === 'unhealthy' || state === 'unhealthy.draining').length,
        registered: registered.length,
      },
      tags: tags.get(arn) ?? {},
    },
  };
}
