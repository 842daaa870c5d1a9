/** The local load balancer's data plane. */
export { type DataPlane, startDataPlane } from './data-plane.ts';
export { type Front, startFront } from './front.ts';
export { startHealthChecks } from './health.ts';
export type { TargetFault } from './target-fault.ts';
