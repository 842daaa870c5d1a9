/**
 * Which requests the targets answered, by the sums over the kinds of answers: for a look and for the baseline alike.
 */
import { ANSWERED_SERIES } from '../../../core/model/index.ts';
import type { MetricSeries } from './metric-series.ts';

/** A series' value in one period; 0 where it has no point. */
export type ValueOf = (series: string) => number;

/** @param at start of the period, milliseconds since the epoch @param prefix of the ids of one side's series */
export function figuresAt(series: MetricSeries, at: number, prefix = ''): ValueOf {
  return (id) => series.get(`${prefix}${id}`)?.get(at) ?? 0;
}

/** Whether the metric store counts answers at all; where it does not, nothing is known of requests without one. */
export function answersAreTold(series: MetricSeries, prefixes: readonly string[] = ['']): boolean {
  return prefixes.some((prefix) => ANSWERED_SERIES.some((of) => (series.get(`${prefix}${of}`)?.size ?? 0) > 0));
}

/** Answers of the targets other than 5xx. */
export function otherAnswers(value: ValueOf): number {
  return ANSWERED_SERIES.reduce((sum, of) => sum + value(of), 0);
}

/** Requests of the period that no target answered in it; below 0 where it answered some of the period before. */
export function withoutAnswer(value: ValueOf): number {
  return value('requests') - otherAnswers(value) - value('target5xx');
}

/** As many of them as the load balancer may have answered in the target's place, with one of its own 5xx. */
export function answeredByBalancer(value: ValueOf, elb5xx: number): number {
  return Math.min(elb5xx, Math.max(0, withoutAnswer(value)));
}
