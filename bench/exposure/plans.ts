/**
 * The plan of an operator who follows `crossfade plan` and corrects what it refuses: with stable's rates and its
 * quietest hour, it omits stages that take more than half a day (except the shortest up to 50 %, and the last before
 * 100 %), holds the others for twice the time that the evidence takes, and evaluates less often if the history would
 * not hold so many evaluations. The margins are unchanged, unless no stage could show them within a week: on tiny
 * traffic they are doubled until one can.
 */

import { type Plan, type PlanInput, parsePlan } from '../../core/model/plan.ts';
import { formatDuration } from '../../core/model/time.ts';
import { type Assumptions, project } from '../../core/phases/timeline.ts';

const HALF_A_DAY = 12 * 3_600;
const HOUR = 3_600;
const WEEK = 7 * 24 * HOUR;
const DEFAULT_HOLD = 2 * HOUR;
/** Wider margins than this allow an outage. */
const WIDEST = 0.08;

/** The default, and what it is raised to where the planner says that the alarm at it would go off by chance. */
const ABSOLUTE_LIMITS = [0.05, 0.06, 0.08, 0.1, 0.15] as const;

export const DEFAULT_PLAN = parsePlan({});

export function planFor(seen: Assumptions & { readonly silentHours?: number }, gate: PlanInput['gate'] = {}): Plan {
  const wanted = parsePlan({ gate });
  const evidence = new Map(
    wanted.stages.map(({ percent }) => {
      const row = project(wanted, seen).rows.find((r) => r.name === `stage ${percent} %`);
      return [percent, row?.evidenceSeconds ?? 0] as const;
    }),
  );
  // Nobody gives most customers to what nobody has seen: of the stages up to half of them the one that is decided
  // soonest stays, however long it takes.
  const soonest = Math.min(...[...evidence].flatMap(([percent, seconds]) => (percent <= 50 ? [seconds] : [])));
  // The baseline says how long nobody asks for anything: a hold that is shorter ends there.
  const silent = seen.silentHours === undefined || seen.silentHours === 0 ? 0 : (seen.silentHours + 2) * HOUR;
  const stages = wanted.stages
    .filter(
      ({ percent }, i) =>
        i === wanted.stages.length - 1 ||
        (evidence.get(percent) ?? 0) <= (i === wanted.stages.length - 2 ? WEEK : Math.max(HALF_A_DAY, soonest)),
    )
    .map(({ percent, bake }) => {
      // A stage may be held for a week at most: a plan's own limit.
      const hold = Math.min(WEEK, Math.ceil((2 * (evidence.get(percent) ?? 0) - bake) / HOUR) * HOUR);
      return { percent, bake: formatDuration(bake), maxHold: formatDuration(Math.max(DEFAULT_HOLD, silent, hold)) };
    });
  for (const maxErrorRate of ABSOLUTE_LIMITS)
    for (const observe of ['PT1M', 'PT2M', 'PT5M', 'PT10M', 'PT15M']) {
      const input: PlanInput = { stages, gate: { maxErrorRate, ...gate, observe } };
      const plan = parsePlan(input);
      if (project(plan, seen).problems.length === 0) return plan;
    }
  const { errorMargin, slowMargin } = wanted.gate;
  if (errorMargin > WIDEST / 2) throw new RangeError(`the planner accepts no plan at ${seen.rps} rps`);
  return planFor(seen, { ...gate, errorMargin: 2 * errorMargin, slowMargin: Math.min(0.5, 2 * slowMargin) });
}

export function refused(plan: Plan, seen: Assumptions): boolean {
  return project(plan, seen).problems.length > 0;
}
