/** The definition of a cutover's alarm. */
import { Duration } from 'aws-cdk-lib';
import {
  type ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  type TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { SymptomId } from '../../core/runbook/index.ts';

/** ALB metrics have a period of 60 s; the CDK's default is 300 s. */
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

/** A metric of a whole load balancer, or of one of its target groups, given by their full names. */
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
