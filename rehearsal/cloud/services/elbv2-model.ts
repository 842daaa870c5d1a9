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

/** As ELBv2 names them in its refusals. */
type Kind = 'listener rule' | 'target group' | 'listener' | 'load balancer';

/** @throws CloudError for what is no ARN of this kind */
function expectArn(arn: string, kind: Kind): void {
  const part = kind === 'target group' || kind === 'load balancer' ? kind.replace(' ', '') : kind.replace(' ', '-');
  if (!new RegExp(`^arn:[\\w-]+:elasticloadbalancing:[\\w-]*:\\d*:${part}/`).test(arn))
    throw invalid(`'${arn}' is not a valid ${kind} ARN`);
}

/** @throws CloudError */
export function findRule(model: LoadBalancerModel, arn: string): RuleModel {
  expectArn(arn, 'listener rule');
  const rule = model.rules.get(arn);
  if (rule === undefined) throw new CloudError('RuleNotFound', `One or more rules not found: ${arn}`);
  return rule;
}

/** A rule that calls may change: a listener's default rule changes with the listener. @throws CloudError */
export function findOwnRule(model: LoadBalancerModel, arn: string): RuleModel {
  if (isDefault(arn)) throw new CloudError('OperationNotPermitted', `Default rule '${arn}' cannot be changed here`);
  return findRule(model, arn);
}

export function isDefault(ruleArn: string): boolean {
  return ruleArn.endsWith('/default');
}

/** @throws CloudError */
export function findGroup(model: LoadBalancerModel, arn: string): TargetGroupModel {
  expectArn(arn, 'target group');
  const group = model.targetGroups.get(arn);
  if (group === undefined) throw new CloudError('TargetGroupNotFound', `One or more target groups not found: ${arn}`);
  return group;
}

/** @throws CloudError */
export function findListener(listeners: readonly LocalListener[], arn: string): LocalListener {
  expectArn(arn, 'listener');
  const listener = listeners.find((l) => l.arn === arn);
  if (listener === undefined) throw new CloudError('ListenerNotFound', `One or more listeners not found: ${arn}`);
  return listener;
}

/** @throws CloudError */
export function expectBalancer(model: LoadBalancerModel, arn: string): void {
  expectArn(arn, 'load balancer');
  if (arn !== model.arn) throw new CloudError('LoadBalancerNotFound', `Load balancer '${arn}' not found`);
}

/** The common prefix of the ARNs of a listener's rules. */
export function ruleArnPrefix(listenerArn: string): string {
  return listenerArn.replace(':listener/', ':listener-rule/');
}

export function invalid(message: string): CloudError {
  return new CloudError('ValidationError', message);
}
