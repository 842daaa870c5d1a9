/** Finds resources in the load balancer's model by ARN, or refuses with AWS's error for a missing one. */
import type { LoadBalancerModel, RuleModel, TargetGroupModel } from '../../machine/index.ts';
import { CloudError } from '../wire/index.ts';

export interface LocalListener {
  readonly arn: string;
  readonly port: number;
  readonly protocol: string;
  /** The actions of its default rule, in ELBv2's format. @default - it answers 404 */
  readonly defaultActions?: readonly object[];
}

/** @throws CloudError */
export function findRule(model: LoadBalancerModel, arn: string): RuleModel {
  const rule = model.rules.get(arn);
  if (rule === undefined) throw new CloudError('RuleNotFound', `One or more rules not found: ${arn}`);
  return rule;
}

/** @throws CloudError */
export function findGroup(model: LoadBalancerModel, arn: string): TargetGroupModel {
  const group = model.targetGroups.get(arn);
  if (group === undefined) throw new CloudError('TargetGroupNotFound', `One or more target groups not found: ${arn}`);
  return group;
}

/** @throws CloudError */
export function findListener(listeners: readonly LocalListener[], arn: string): LocalListener {
  const listener = listeners.find((l) => l.arn === arn);
  if (listener === undefined) throw new CloudError('ListenerNotFound', `One or more listeners not found: ${arn}`);
  return listener;
}

/** @throws CloudError */
export function expectBalancer(model: LoadBalancerModel, arn: string): void {
  if (arn !== model.arn) throw new CloudError('LoadBalancerNotFound', `Load balancer '${arn}' not found`);
}

/** The common prefix of the ARNs of a listener's rules. */
export function ruleArnPrefix(listenerArn: string): string {
  return listenerArn.replace(':listener/', ':listener-rule/');
}

export function invalid(message: string): CloudError {
  return new CloudError('ValidationError', message);
}
