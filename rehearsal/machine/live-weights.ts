/** A rule of the local load balancer, as the core speaks of it. */
import { type RuleWeights, ruleWeightsSchema } from '../../core/model/index.ts';
import type { RuleModel } from './world.ts';

export function liveWeights({ arn, forward }: RuleModel): RuleWeights {
  return ruleWeightsSchema.parse({ ruleArn: arn, groups: forward.groups, sticky: forward.stickiness.enabled });
}
