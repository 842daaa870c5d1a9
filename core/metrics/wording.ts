/** Sentences about a metric of the plan: its name first, then the deciding figures. */
import { eValueText, finite, percent } from '../gate/index.ts';
import type { CountMetric, GuardMetric, MetricBaseline, ValueMetric } from '../model/index.ts';
import type { CountEvidence } from './counts.ts';
import type { MinutesEvidence } from './minutes.ts';

/** The thresholds of the e-values for "worse" and "within". */
export interface Bounds {
  readonly threshold: number;
  readonly withinThreshold: number;
}

export function countSentence(
  { name, direction }: CountMetric,
  { stableShare, candidateShare, seen, margin, worse, within }: CountEvidence,
  bounds: Bounds,
  before: MetricBaseline | null,
): string {
  const against =
    stableShare === null
      ? `the ${direction === 'higherIsWorse' ? 'highest' : 'lowest'} of the baseline's minutes, ${percent(before?.worst ?? 0)}`
      : percent(stableShare);
  const figures = `${name}: ${percent(candidateShare)} of ${whole(seen)} against ${against}`;
  const evidence = `e-value for worse ${eValueText(finite(worse))} of ${eValueText(bounds.threshold)}`;
  const good =
    stableShare === null ? '' : `, for within ${eValueText(finite(within))} of ${eValueText(bounds.withinThreshold)}`;
  return `${figures} (margin ${percent(margin)}; ${evidence}${good})`;
}

export function minutesSentence(
  metric: ValueMetric | GuardMetric,
  { bad, seen, stableValue, candidateValue, margin, worse, within }: MinutesEvidence,
  bounds: Bounds,
): string {
  const what = metric.kind === 'guard' ? `limit ${figure(metric.limit)}` : `tolerance ${figure(margin)}`;
  const against = stableValue === null ? '' : ` against ${figure(stableValue)}`;
  const value = candidateValue === null ? 'no value' : `${figure(candidateValue)}${against}`;
  const evidence = `e-value for worse ${eValueText(finite(worse))} of ${eValueText(bounds.threshold)}`;
  const good =
    metric.kind === 'guard'
      ? ''
      : `, for within ${eValueText(finite(within))} of ${eValueText(bounds.withinThreshold)}`;
  return `${metric.name}: ${value}, beyond its ${what} in ${bad} of ${seen} minutes (${evidence}${good})`;
}

function whole(count: number): string {
  return String(Math.round(count));
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
