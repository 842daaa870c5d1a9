/** What a log cannot show about another plan, because the measurements were made for the original one. */
import type { Plan, PlanMetric } from '../model/index.ts';

/** Fields of `shadow` about duration and interval, not about parity, by which a replay decides. */
const TIMES: readonly (keyof Plan['shadow'])[] = ['duration', 'maxHold', 'exercise'];
/** Fields that no decision reads. */
const NOT_DECIDING: readonly (keyof Plan['shadow'])[] = ['percent', 'observe', 'drillWithin'];

/** Sentences that each name the field; empty if every difference could be decided from the log. */
export function differencesOf(recorded: Plan, asked: Plan): string[] {
  const limits: string[] = [];
  const [counted, wanted] = [recorded.gate.latencyBudgetMs, asked.gate.latencyBudgetMs];
  if (counted !== wanted)
    limits.push(
      `gate.latencyBudgetMs: slow requests were counted at ${counted} ms; the replay uses those counts for ${wanted} ms.`,
    );
  if (recorded.baseline.lookBack !== asked.baseline.lookBack)
    limits.push('baseline.lookBack: the replay uses the baseline as it was measured.');
  if (recorded.gate.observe !== asked.gate.observe)
    limits.push(
      'gate.observe: the replay evaluates a stage when the run did, so no stage ends between two evaluations of the run.',
    );
  const parity = (Object.keys(asked.shadow) as (keyof Plan['shadow'])[]).filter(
    (key) =>
      ![...TIMES, ...NOT_DECIDING].includes(key) &&
      JSON.stringify(recorded.shadow[key]) !== JSON.stringify(asked.shadow[key]),
  );
  if (parity.length > 0)
    limits.push(`${parity.map((key) => `shadow.${key}`).join(', ')}: the replay uses the parity verdicts of the run.`);
  for (const metric of asked.metrics) {
    const then = recorded.metrics.find(({ name }) => name === metric.name);
    if (then === undefined) limits.push(`metrics: the run did not read ${metric.name}, so every stage holds for it.`);
    else if (JSON.stringify(readBy(then)) !== JSON.stringify(readBy(metric)))
      limits.push(`metrics: ${metric.name} was read by other queries; the replay uses what they gave.`);
  }
  for (const { percent } of recorded.stages)
    if (!asked.stages.some((s) => s.percent === percent))
      limits.push(`stages: the plan has no stage at ${percent} %, so the evidence of that stage is not evaluated.`);
  for (const { percent } of asked.stages)
    if (!recorded.stages.some((s) => s.percent === percent))
      limits.push(`stages: the run has no evidence at ${percent} %.`);
  return limits;
}

/** The fields that determine which points a metric has. */
function readBy(metric: PlanMetric) {
  const { kind, sides, settleAfter } = metric;
  const queries = metric.kind === 'count' ? [metric.numerator, metric.denominator, metric.absent] : [metric.value];
  return { kind, sides, settleAfter, queries };
}
