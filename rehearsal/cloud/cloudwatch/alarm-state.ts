/**
 * Derives an alarm's state from datapoints: M of N, and the treatment of missing data.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
import type { Value } from './metric-math.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
export type MissingData = 'breaching' | 'notBreaching' | 'ignore' | 'missing';

export const COMPARISONS = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;
export type AlarmComparison = (typeof COMPARISONS)[number];

export interface AlarmRule {
  readonly comparison: AlarmComparison;
  readonly threshold: number;
  /** N */
  readonly evaluationPeriods: number;
  /** M */
  readonly datapointsToAlarm: number;
  readonly missing: MissingData;
}

/**
 * CloudWatch evaluates more datapoints than N, but does not say how many. The examples in its documentation have two
 * more, and so has this cloud. This is why an alarm on a metric without new data keeps its state for some more periods.
 */
export const EXTRA_DATAPOINTS = 2;

export interface AlarmEvaluation {
  readonly state: AlarmState;
  /** The actual datapoints that decided, oldest first. */
  readonly used: readonly number[];
  readonly breaching: number;
}

/** @param datapoints the latest N + {@link EXTRA_DATAPOINTS}, oldest first */
export function judge(datapoints: readonly Value[], rule: AlarmRule, current: AlarmState): AlarmEvaluation {
  const { evaluationPeriods: n, datapointsToAlarm: m, missing } = rule;
  const real = datapoints.filter((v) => v !== undefined);
  const used = real.slice(-n);
  const breaching = used.filter((v) => breaches(v, rule)).length;
  const decide = (state: AlarmState): AlarmEvaluation => ({ state, used, breaching });
  // There are enough actual datapoints, however old, so the treatment of missing data does not matter.
  if (real.length >= n) return decide(breaching >= m ? 'ALARM' : 'OK');
  if (missing === 'breaching') return decide(breaching + (n - real.length) >= m ? 'ALARM' : 'OK');
  if (breaching >= m) return decide('ALARM');
  if (missing === 'notBreaching' || breaching < used.length) return decide('OK');
  if (missing === 'ignore') return decide(current);
  // Only breaching datapoints, but fewer than M: ALARM once the oldest of them is M periods old.
  const oldest = datapoints.findIndex((v) => v !== undefined);
  return decide(oldest >= 0 && datapoints.length - oldest >= m ? 'ALARM' : 'INSUFFICIENT_DATA');
}

function breaches(value: number, { comparison, threshold }: AlarmRule): boolean {
  switch (comparison) {
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
  }
}
