/** What a stage or a soak decides from the given minutes. */

import { observe, type PresentRun } from '../../core/evaluation/index.ts';
import type { MinuteEvidence, SideCounts } from '../../core/model/evidence.ts';
import { parsePlan } from '../../core/model/plan.ts';
import { weightsFor } from '../../core/model/split.ts';
import { DEPLOYMENT } from './deployment.ts';
import { MemoryWorld } from './memory-world.ts';

const T0 = Date.UTC(2026, 10, 24, 8);
const MINUTE = 60_000;
const PLAN = parsePlan({
  stages: [
    { percent: 1, bake: 'PT1H' },
    { percent: 10, bake: 'PT1H' },
    { percent: 50, bake: 'PT1H' },
    { percent: 100, bake: 'PT1H' },
  ],
});

export const side = (requests: number, target5xx: SideCounts['target5xx'] = 0): SideCounts => ({
  requests,
  target5xx,
  connectionErrors: 0,
  slow: Math.round(requests * 0.004),
});
export const minute = (i: number, stable: SideCounts | null, candidate: SideCounts | null): MinuteEvidence => ({
  minute: T0 + i * MINUTE,
  stable,
  candidate,
  elb5xx: 0,
});
export const minutes = (from: number, to: number, each: (i: number) => MinuteEvidence) =>
  Array.from({ length: to - from }, (_, i) => each(from + i));
export const healthy = (i: number) => minute(i, side(27_000, 27), side(3_000, 3));

const WORLD = new MemoryWorld();
export function decision(
  seen: readonly MinuteEvidence[],
  at: number,
  phase: 'stage' | 'soak' = 'stage',
  plan = PLAN,
  stage = 1,
  baseline = WORLD.baselineSummary,
) {
  const split =
    phase === 'stage'
      ? { candidatePercent: 10, mirror: null }
      : { candidatePercent: 100, mirror: { face: 'reverse' as const, percent: 5 } };
  const state: PresentRun = {
    plan,
    phase,
    stage: phase === 'stage' ? stage : 3,
    since: new Date(T0).toISOString(),
    split,
    baseline,
  };
  const evidence = {
    alarms: WORLD.alarmReadings,
    live: weightsFor(DEPLOYMENT, split),
    candidate: { healthy: 2, unhealthy: 0, registered: 2 },
    minutes: seen,
    parity: { status: 'clean' as const, reasons: [], pairs: 10_000, routes: 3 },
  };
  return observe(DEPLOYMENT, state, evidence, T0 + at * MINUTE).observation;
}
