/** The plan of an acceptance's runs: that of a rehearsal, with the patience that AWS's metrics need. */
import { type Plan, parsePlan } from '../../core/model/index.ts';
import { rehearsalPlan } from '../../rehearsal/scenario/index.ts';

/** Of few customers: a smaller first share would wait most of an hour for its sample. */
const PERCENTS = [10, 50, 100];
/** One-minute looks in each phase. */
const LOOKS = 4;
/** ALB's error points are late; here a minute or two is enough to see the rollback. Seconds. */
const SETTLE_ON_AWS = 120;
/** How slow a request is on this machine says what else runs there, and nothing of the services. Milliseconds. */
const BUDGET_HERE = 60_000;

/** @param rps of the customers, by the account's clock */
export function acceptancePlan({ local, rps }: { readonly local: boolean; readonly rps: number }): Plan {
  const plan = rehearsalPlan(
    parsePlan({
      stages: PERCENTS.map((percent) => ({ percent, bake: 'PT5M' })),
      // Whoever accepts starts the runs and signs them off.
      signoff: { starterMayApprove: true },
      shadow: { exercise: 'PT1M' },
    }),
    LOOKS,
    { rps },
  );
  const gate = local ? { latencyBudgetMs: BUDGET_HERE } : { settleAfter: SETTLE_ON_AWS };
  return { ...plan, gate: { ...plan.gate, ...gate } };
}
