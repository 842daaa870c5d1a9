/** Whether a target group binds customers to targets with a cookie of its own. */
import {
  DescribeTargetGroupAttributesCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { aws } from '../calls/index.ts';

export async function isSticky(
  client: Pick<ElasticLoadBalancingV2Client, 'send'>,
  TargetGroupArn: string,
): Promise<boolean> {
  const { Attributes = [] } = await aws('DescribeTargetGroupAttributes', () =>
    client.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn })),
  );
  return Attributes.some(({ Key, Value }) => Key === 'stickiness.enabled' && Value === 'true');
}
