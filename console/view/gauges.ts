/** The latest evidence compared with the thresholds at which it decides. */
import type { LogEntry } from '../../core/model/index.ts';
import { type ComparedMetric, gateLooks } from './gate-looks.ts';
import type { Gauge } from './page-view.ts';
import { percentText } from './wording.ts';

/** The gauges of the latest evaluation; empty before the first. */
export function gaugesOf(log: readonly LogEntry[]): Gauge[] {
  const metrics = gateLooks(log).at(-1)?.metrics ?? [];
  return metrics
    .filter(({ by }) => by === 'counts')
    .flatMap((metric) => [
      gauge(metric, 'rollback', metric.eValue, metric.threshold),
      gauge(metric, 'advance', metric.withinEValue, metric.withinThreshold),
    ]);
}

function gauge(metric: ComparedMetric, toward: Gauge['toward'], value: number, threshold: number): Gauge {
  return {
    metric: metric.metric,
    toward,
    value,
    threshold,
    filled: filledTo(value, threshold),
    observed: observed(metric),
  };
}

/** E-values multiply, so they are shown on a logarithmic scale. 1, no evidence, is the empty gauge. */
function filledTo(value: number, threshold: number): number {
  if (value <= 1) return 0;
  if (value >= threshold || threshold <= 1) return 1;
  return Math.log(value) / Math.log(threshold);
}

function observed({ candidateRate, stableRate, margin }: ComparedMetric): string {
  if (candidateRate === undefined) return '';
  const beside = stableRate === undefined ? '' : `, stable ${percentText(stableRate)}`;
  return `candidate ${percentText(candidateRate)}${beside}, margin ${percentText(margin)}`;
}
