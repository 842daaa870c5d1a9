/** A rule of the local load balancer in the core's terms. */
import { type RuleWeights, ruleWeightsSchema } from '../../core/model/index.ts';
import type { RuleModel } from './world.ts';

export function liveWeights({ arn, forward }: RuleModel): RuleWeights {
  return ruleWeightsSchema.parse({ ruleArn: arn, groups: forward.groups, sticky: forward.stickiness.enabled });
}
