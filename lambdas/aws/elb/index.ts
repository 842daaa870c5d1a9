/** Listener rules and target health from ELBv2. */
export { isSticky } from './group-stickiness.ts';
export { elbIngress, groupHealth, targetIds } from './ingress.ts';
export { describeRules, type ElbRule } from './listener-rules.ts';
export { ElbRules } from './rule.ts';
export { elbRules, elbSurroundings, listenerOf, tagsOf } from './surroundings.ts';
