/** The local load balancer's data plane. */
export { type DataPlane, startDataPlane } from './data-plane.ts';
export { DIRECT } from './direct.ts';
export type { Front } from './front.ts';
export { startFrontThread } from './front-thread.ts';
export { startHealthChecks } from './health.ts';
export type { TargetFault } from './target-fault.ts';
