/** Listener rules and target health over ELBv2. */
export { elbIngress } from './ingress.ts';
export { ElbRules } from './rule.ts';
