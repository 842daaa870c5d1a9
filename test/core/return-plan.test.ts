/** Where customers go in a return, row by row of the table in docs/explanation/fence.md, tested on plain values. */
import { describe, expect, it } from 'vitest';
import { candidatePercentOf, planReturn, type ReturnNeeds, stableNeeds, survey } from '../../core/fence/return-plan.ts';
import { SAFE_SPLIT, weightsFor } from '../../core/model/split.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { atFirstStage } from '../support/run.ts';

const NEEDS: ReturnNeeds = { needed: 8, candidatePercent: 50, reduced: false, overdue: false, breakGlass: false };
const counts = (healthy: number | null) => (healthy === null ? null : { healthy, unhealthy: 0, registered: 8 });

/** `whole`, `wait`, or the percentage that the candidate gets. */
function planned(stable: number | null, candidate: number | null, needs: Partial<ReturnNeeds> = {}): string | number {
  const plan = planReturn({ live: null, stable: counts(stable), candidate: counts(candidate) }, { ...NEEDS, ...needs });
  return plan.kind === 'whole' || plan.kind === 'wait' ? plan.kind : plan.split.candidatePercent;
}

describe('a return', () => {
  it.each<[string, number | null, number | null, Partial<ReturnNeeds>, string | number]>([
    ['a stable side that has what it needs', 8, 8, {}, 'whole'],
    ['one whose health nobody knows', null, 8, { reduced: true }, 'whole'],
    ['half of the targets that nobody of the run took', 4, 8, {}, 'whole'],
    ['less than half of them', 3, 8, {}, 'wait'],
    ['half of them where the run took some', 4, 8, { reduced: true }, 'wait'],
    ['more of them than the candidate has', 5, 4, { reduced: true }, 'whole'],
    ['as many as the candidate has', 3, 3, { reduced: true }, 'wait'],
    ['a dead candidate beside some of them', 1, 0, { reduced: true }, 'whole'],
    ['a candidate that answers nobody', 0, 8, { candidatePercent: 0 }, 'whole'],
    ['a candidate whose health nobody knows', 1, null, {}, 'whole'],
    ['a dead stable side while the candidate answers some', 0, 8, {}, 100],
    ['a dead stable side while the candidate answers all', 0, 8, { candidatePercent: 100 }, 'wait'],
    ['two dead sides', 0, 0, {}, 'whole'],
    ['a dead stable side by break-glass', 0, 8, { breakGlass: true }, 'whole'],
    ['a wait that is overdue, in proportion', 2, 8, { overdue: true, candidatePercent: 100 }, 75],
    ['a wait that is overdue, never less than it has', 2, 8, { overdue: true, candidatePercent: 50 }, 50],
  ])('to %s', (_what, stable, candidate, needs, expected) => {
    expect(planned(stable, candidate, needs)).toBe(expected);
  });

  it('needs one target where nobody noted how many there were, or none', async () => {
    const world = new MemoryWorld();
    await atFirstStage(world);
    const { item } = world;
    if (item === null) throw new RangeError('no run has begun');
    const needed = (lease: typeof item | null) => stableNeeds(lease, world.now).needed;
    expect(needed(null)).toBe(1);
    expect(needed({ ...item, capacity: { ...world.stableTasks, desired: 0 } })).toBe(1);
    expect(needed({ ...item, capacity: { ...world.stableTasks, desired: 3 } })).toBe(3);
  });

  it('goes by what can be read', async () => {
    const { ingress } = new MemoryWorld();
    const fails = () => Promise.reject(new Error('Throttling'));
    expect(await survey({ ...ingress, read: fails })).toMatchObject({ live: null, stable: { healthy: 2 } });
    expect(await survey({ ...ingress, health: fails })).toMatchObject({ stable: null, candidate: null });
  });

  it('counts testers as somebody, and the others by the rule that gives the candidate most', () => {
    const cohort = {
      ...DEPLOYMENT,
      rules: DEPLOYMENT.rules.map((rule, i) => (i === 1 ? { ...rule, cohort: true as const } : rule)),
    };
    const testers = weightsFor(cohort, { ...SAFE_SPLIT, cohort: true });
    expect(candidatePercentOf(cohort, testers, null)).toBe(0.1);
    expect(candidatePercentOf(cohort, weightsFor(cohort, SAFE_SPLIT), null)).toBe(0);
    expect(candidatePercentOf(DEPLOYMENT, weightsFor(DEPLOYMENT, { candidatePercent: 30, mirror: null }), null)).toBe(
      30,
    );
  });
});
