/** Listener rules and target health over ELBv2. */
export { elbIngress, targetIds } from './ingress.ts';
export { ElbRules } from './rule.ts';
