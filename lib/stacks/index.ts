/** The reference application's stacks. */

export { AcceptanceStack } from './acceptance-stack.ts';
export { CutoverStack } from './cutover-stack.ts';
export { GatewaysStack } from './gateways-stack.ts';
export { IngressStack } from './ingress-stack.ts';
export { ObservabilityStack } from './observability-stack.ts';
export { ShadowStack } from './shadow-stack.ts';
