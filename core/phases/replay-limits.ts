/** What a log cannot say about another plan: the measurements were made for the plan that the run had. */
import type { Plan } from '../model/index.ts';

/** Fields of `shadow` that say how long and how often, not what parity is: those a replay decides by. */
const TIMES: readonly (keyof Plan['shadow'])[] = ['duration', 'maxHold', 'exercise'];
/** Fields that no decision reads. */
const NOT_DECIDING: readonly (keyof Plan['shadow'])[] = ['percent', 'observe', 'drillWithin'];

/** Sentences, each naming the field; empty when everything that differs could be decided again. */
export function differencesOf(recorded: Plan, asked: Plan): string[] {
  const limits: string[] = [];
  const [counted, wanted] = [recorded.gate.latencyBudgetMs, asked.gate.latencyBudgetMs];
  if (counted !== wanted)
    limits.push(
      `gate.latencyBudgetMs: slow requests were counted over ${counted} ms, and are taken for those over ${wanted} ms.`,
    );
  if (recorded.baseline.lookBack !== asked.baseline.lookBack)
    limits.push('baseline.lookBack: the baseline is taken as it was measured then.');
  if (recorded.gate.observe !== asked.gate.observe)
    limits.push(
      'gate.observe: a stage is looked at when the run looked, so it ends no earlier than a look of the run.',
    );
  const parity = (Object.keys(asked.shadow) as (keyof Plan['shadow'])[]).filter(
    (key) =>
      ![...TIMES, ...NOT_DECIDING].includes(key) &&
      JSON.stringify(recorded.shadow[key]) !== JSON.stringify(asked.shadow[key]),
  );
  if (parity.length > 0)
    limits.push(`${parity.map((key) => `shadow.${key}`).join(', ')}: parity is taken as it was judged then.`);
  for (const { percent } of recorded.stages)
    if (!asked.stages.some((s) => s.percent === percent))
      limits.push(`stages: the plan has none of ${percent} %, so what was seen there is not decided.`);
  for (const { percent } of asked.stages)
    if (!recorded.stages.some((s) => s.percent === percent)) limits.push(`stages: nothing was seen at ${percent} %.`);
  return limits;
}
