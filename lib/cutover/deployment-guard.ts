/**
 * Stands in the way of a stack's deletion while a run needs what is in it. A rule's provider refuses too, but the rule
 * is deleted after the functions that are granted it: by then the run, its alarms and its watchdog would be gone, with
 * customers on both sides.
 *
 * It also stands in the way of a new name for the ingress: machine, functions and alarms have it in theirs, so that
 * CloudFormation would make new ones and delete those of the run. It is updated after all of these and before anything
 * is deleted.
 */
import { CustomResource } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import { GUARD_TYPE } from '../../core/model/index.ts';
import type { WeightedRuleProvider } from '../listener/index.ts';

/**
 * CloudFormation deletes dependent resources first: `guarded` is everything that must not be deleted before the guard
 * has agreed.
 */
export function guardDeployment(
  scope: Construct,
  provider: WeightedRuleProvider,
  ingressId: string,
  guarded: readonly IDependable[],
): CustomResource {
  const guard = new CustomResource(scope, 'Guard', {
    resourceType: GUARD_TYPE,
    serviceToken: provider.serviceToken,
    properties: { IngressId: ingressId },
  });
  guard.node.addDependency(...guarded);
  return guard;
}
