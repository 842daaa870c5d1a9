/** The plan of an acceptance's runs: that of a rehearsal, with longer waits for AWS's metrics. */
import { type Plan, parsePlan } from '../../core/model/index.ts';
import { rehearsalPlan } from '../../rehearsal/scenario/index.ts';

/** For few customers: a smaller first share would take most of an hour to collect its sample. */
const PERCENTS = [10, 50, 100];
/** One-minute evaluations in each phase. */
const LOOKS = 4;
/** ALB's error points are late; here a minute or two suffices to see the rollback. In seconds. */
const SETTLE_ON_AWS = 120;
/** The duration of a request on this machine depends on other load, not on the services; milliseconds. */
const BUDGET_HERE = 60_000;

/** @param rps of the customers, by the account's clock */
export function acceptancePlan({ local, rps }: { readonly local: boolean; readonly rps: number }): Plan {
  const plan = rehearsalPlan(
    parsePlan({
      stages: PERCENTS.map((percent) => ({ percent, bake: 'PT5M' })),
      // The person who runs the acceptance starts the runs and signs them off.
      signoff: { starterMayApprove: true },
      shadow: { exercise: 'PT1M' },
    }),
    LOOKS,
    { rps },
  );
  const gate = local ? { latencyBudgetMs: BUDGET_HERE } : { settleAfter: SETTLE_ON_AWS };
  return { ...plan, gate: { ...plan.gate, ...gate } };
}
