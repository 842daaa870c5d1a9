/** What an alarm of a cutover is made of. */
import { Duration } from 'aws-cdk-lib';
import {
  type ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  type TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { SymptomId } from '../../core/runbook/index.ts';

/** ALB metrics have a 60 s period; the CDK's own metrics default to 300 s. */
export const ALARM_PERIOD = Duration.seconds(60);

export interface AlarmSpec {
  readonly what: SymptomId;
  readonly metric: IMetric;
  readonly threshold: number;
  /** M of N datapoints. */
  readonly datapoints: readonly [number, number];
  /** @default - not red */
  readonly missing?: TreatMissingData;
  /** @default - greater than the threshold */
  readonly comparison?: ComparisonOperator;
  readonly summary: string;
}

/** One of ALB's: of a whole load balancer, or of one of its target groups; both by their full names. */
export function albMetric(LoadBalancer: string, metricName: string, statistic: string, TargetGroup?: string): Metric {
  return new Metric({
    namespace: 'AWS/ApplicationELB',
    metricName,
    dimensionsMap: { LoadBalancer, ...(TargetGroup === undefined ? {} : { TargetGroup }) },
    statistic,
    period: ALARM_PERIOD,
  });
}

export function alarmMath(expression: string, usingMetrics: Record<string, IMetric>, label: string): MathExpression {
  return new MathExpression({ expression, usingMetrics, label, period: ALARM_PERIOD });
}
