import { type Lease, ledgerItemSchema } from '../../core/model/lease.ts';
import { SAFE_SPLIT, weightsFor } from '../../core/model/split.ts';
import { DEPLOYMENT } from './deployment.ts';

const AT = '2026-11-24T08:00:00.000Z';

/** Returns the lease of a run that has just begun, with the overrides of a test. */
export function lease(overrides: Partial<Lease> = {}): Lease {
  const begun = ledgerItemSchema.parse({
    ingressId: 'gateway',
    cutoverId: 'one',
    generation: 1,
    status: 'running',
    executionArn: 'arn:execution:one',
    startedAt: AT,
    phase: 'stage',
    stage: 0,
    intent: { split: SAFE_SPLIT, weights: weightsFor(DEPLOYMENT, SAFE_SPLIT), at: AT, confirmed: true },
    heartbeatDueAt: AT,
    capacity: null,
    stableCapacity: 'full',
    rollback: null,
  });
  return { ...begun, ...overrides };
}
