/** A plan whose whole cutover takes half an hour, so that many fit into a minute of real time. */
import type { PlanInput } from '../../../core/model/index.ts';

export const HALF_HOUR_PLAN: PlanInput = {
  baseline: { lookBack: 'PT3M', minRequests: 100 },
  shadow: {
    duration: 'PT2M',
    observe: 'PT1M',
    exercise: 'PT1M',
    maxHold: 'PT20M',
    minCapturesPerRoute: 10,
    maxBreakingRate: 0.3,
    latencyTolerance: 2,
  },
  stages: [
    { percent: 10, bake: 'PT2M', maxHold: 'PT20M' },
    { percent: 100, bake: 'PT2M', maxHold: 'PT20M' },
  ],
  gate: { minRequests: 20, warmUp: 'PT1M', settleAfter: 'PT2M' },
  soak: { duration: 'PT2M', observe: 'PT1M', maxHold: 'PT20M' },
  decommission: { drain: 'PT1M', step: 'PT1M' },
  // If no answer arrives, the run must soon end in a rollback.
  signoff: { timeout: 'PT30M' },
  retention: 'PT1M',
};
