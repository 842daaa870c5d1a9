import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';

/** ALB metrics have a 60 s period; the CDK's own metrics default to 300 s. */
const PERIOD = Duration.seconds(60);
const NAMESPACE = 'AWS/ApplicationELB';

/** When the alarms of a cutover go red. They are coarse and late on purpose: the gate sees small differences sooner. */
export interface AlarmThresholds {
  /** Percent of the candidate's requests that fail. @default 5 */
  readonly errorPercent: number;
  /** Failed connections to the candidate in a minute. @default 5 */
  readonly connectionErrors: number;
  /** Percent of all requests that the load balancer itself answers with 5xx. @default 1 */
  readonly elbErrorPercent: number;
  /** Candidate/stable latency, the same for p50, p95 and p99. @default 1.5 */
  readonly latencyRatio: number;
  /** A ratio counts only where the candidate is slower by more than this, too: 2 ms against 1 ms hurts nobody. @default 10 */
  readonly latencyFloorMs: number;
  /** Percent of paired answers that differ breakingly. @default 1 */
  readonly parityPercent: number;
}

export const DEFAULT_THRESHOLDS: AlarmThresholds = {
  errorPercent: 5,
  connectionErrors: 5,
  elbErrorPercent: 1,
  latencyRatio: 1.5,
  latencyFloorMs: 10,
  parityPercent: 1,
};

/** Ratios of fewer requests a minute say nothing. */
const MIN_SAMPLES = 20;

export interface CutoverAlarmsProps {
  readonly ingressId: string;
  /** `app/<name>/<id>` */
  readonly loadBalancerFullName: string;
  /** `targetgroup/<name>/<id>` */
  readonly stableFullName: string;
  readonly candidateFullName: string;
  /** @default - no mirror, no alarms about it */
  readonly mirrorForwardFullName?: string;
  /** @default - those of {@link DEFAULT_THRESHOLDS} */
  readonly thresholds?: Partial<AlarmThresholds>;
  /** Base address of the runbook; every alarm links its own section. @default 'docs/how-to/runbook.md' */
  readonly runbookUrl?: string;
}

interface Spec {
  readonly what: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** M of N datapoints. */
  readonly datapoints: readonly [number, number];
  readonly missing?: TreatMissingData;
  readonly comparison?: ComparisonOperator;
  readonly summary: string;
}

/**
 * The alarms of one cutover. Names are fixed (`<ingress>-<what>`), so that handlers can name them without a lookup.
 * Error metrics are reported only when non-zero, so their absence is not breaching; continuous ones breach by absence.
 */
export class CutoverAlarms extends Construct {
  /** Each of them rolls back. */
  readonly rollback: readonly Alarm[];
  /** Each of them takes the mirror out of the customers' path. */
  readonly mirror: readonly Alarm[];
  /** Tells people, moves nothing. */
  readonly noTraffic: Alarm;
  readonly #props: CutoverAlarmsProps;
  readonly #thresholds: AlarmThresholds;

  constructor(scope: Construct, id: string, props: CutoverAlarmsProps) {
    super(scope, id);
    this.#props = props;
    this.#thresholds = { ...DEFAULT_THRESHOLDS, ...props.thresholds };
    for (const [name, value] of Object.entries(this.#thresholds))
      if (!(value > 0)) throw new RangeError(`CutoverAlarms ${id}: thresholds.${name} must be above 0, not ${value}`);
    this.rollback = [
      this.#errors(),
      this.#connectionErrors(),
      this.#elbErrors(),
      ...[50, 95, 99].map((p) => this.#latency(p)),
      this.#unhealthy(),
      this.#breaker(),
      ...(props.mirrorForwardFullName === undefined ? [] : [this.#parity()]),
    ];
    this.mirror = props.mirrorForwardFullName === undefined ? [] : [this.#mirrorUnhealthy(props.mirrorForwardFullName)];
    this.noTraffic = this.#alarm({
      what: 'no-traffic',
      metric: this.#alb('RequestCount', Stats.SUM),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      datapoints: [3, 3],
      missing: TreatMissingData.BREACHING,
      summary: 'The load balancer sees no request; without requests no gate can decide.',
    });
  }

  #errors(): Alarm {
    const using = {
      n: this.#alb('RequestCount', Stats.SUM, 'candidate'),
      e: this.#alb('HTTPCode_Target_5XX_Count', Stats.SUM, 'candidate'),
      c: this.#alb('TargetConnectionErrorCount', Stats.SUM, 'candidate'),
    };
    return this.#alarm({
      what: 'candidate-5xx-ratio',
      metric: math(
        `IF(FILL(n, 0) + FILL(c, 0) >= ${MIN_SAMPLES}, 100 * (FILL(e, 0) + FILL(c, 0)) / (FILL(n, 0) + FILL(c, 0)), 0)`,
        using,
        'candidate errors, %',
      ),
      threshold: this.#thresholds.errorPercent,
      datapoints: [2, 3],
      summary: 'The candidate fails too many of its requests (at least 20 a minute counted).',
    });
  }

  #connectionErrors(): Alarm {
    return this.#alarm({
      what: 'candidate-connection-errors',
      metric: this.#alb('TargetConnectionErrorCount', Stats.SUM, 'candidate'),
      threshold: this.#thresholds.connectionErrors,
      datapoints: [1, 1],
      summary: 'Connections to the candidate fail: it crashes or its tasks are gone. It shows no target 5xx then.',
    });
  }

  #elbErrors(): Alarm {
    const using = { n: this.#alb('RequestCount', Stats.SUM), e: this.#alb('HTTPCode_ELB_5XX_Count', Stats.SUM) };
    return this.#alarm({
      what: 'elb-5xx',
      metric: math(`IF(FILL(n, 0) >= ${MIN_SAMPLES}, 100 * FILL(e, 0) / FILL(n, 0), 0)`, using, 'load balancer 5xx, %'),
      threshold: this.#thresholds.elbErrorPercent,
      datapoints: [2, 3],
      summary:
        'The load balancer itself answers 5xx; the metric has no target-group dimension, so it counts for the candidate.',
    });
  }

  #latency(percentile: number): Alarm {
    const stat = Stats.percentile(percentile);
    const enough = Math.max(MIN_SAMPLES, Math.round(10 / (1 - percentile / 100)));
    const floor = this.#thresholds.latencyFloorMs / 1000;
    const using = {
      n: this.#alb('RequestCount', Stats.SUM, 'candidate'),
      m: this.#alb('RequestCount', Stats.SUM, 'stable'),
      c: this.#alb('TargetResponseTime', stat, 'candidate'),
      s: this.#alb('TargetResponseTime', stat, 'stable'),
    };
    return this.#alarm({
      what: `candidate-latency-p${percentile}-ratio`,
      metric: math(
        `IF(FILL(n, 0) >= ${enough} AND FILL(m, 0) >= ${enough} AND FILL(s, 0) > 0 AND FILL(c, 0) - FILL(s, 0) > ${floor}, FILL(c, 0) / FILL(s, 1), 0)`,
        using,
        `p${percentile} candidate / stable`,
      ),
      threshold: this.#thresholds.latencyRatio,
      datapoints: [3, 3],
      summary: `The candidate's p${percentile} latency is too far above the stable side's, and by more than the floor (at least ${enough} requests a minute on both counted).`,
    });
  }

  #unhealthy(): Alarm {
    return this.#alarm({
      what: 'candidate-unhealthy-hosts',
      metric: this.#alb('UnHealthyHostCount', Stats.MINIMUM, 'candidate'),
      threshold: 1,
      comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapoints: [2, 2],
      summary: 'A target of the candidate has been unhealthy for two minutes.',
    });
  }

  #breaker(): Alarm {
    return this.#alarm({
      what: 'breaker-open',
      metric: new Metric({
        namespace: 'Crossfade',
        metricName: 'BreakerOpen',
        dimensionsMap: { Side: 'candidate' },
        statistic: Stats.MAXIMUM,
        period: PERIOD,
      }),
      threshold: 1,
      comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapoints: [2, 2],
      summary: "The candidate's circuit breaker on its upstream stays open.",
    });
  }

  #mirrorUnhealthy(fullName: string): Alarm {
    const metric = new Metric({
      namespace: NAMESPACE,
      metricName: 'HealthyHostCount',
      dimensionsMap: { LoadBalancer: this.#props.loadBalancerFullName, TargetGroup: fullName },
      statistic: Stats.MINIMUM,
      period: PERIOD,
    });
    return this.#alarm({
      what: 'mirror-unhealthy',
      metric,
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      datapoints: [2, 2],
      missing: TreatMissingData.BREACHING,
      summary:
        'No mirror is healthy; the mirror is taken out of the customers’ path at once (in the shadow phase that is a rollback).',
    });
  }

  #parity(): Alarm {
    const metric = (name: string) =>
      new Metric({
        namespace: 'Crossfade',
        metricName: name,
        dimensionsMap: { Ingress: this.#props.ingressId },
        statistic: Stats.SUM,
        period: PERIOD,
      });
    return this.#alarm({
      what: 'parity-mismatch',
      metric: math(
        `IF(FILL(n, 0) >= ${MIN_SAMPLES}, 100 * FILL(b, 0) / FILL(n, 0), 0)`,
        { n: metric('ParityPairs'), b: metric('ParityBreaking') },
        'breaking pairs, %',
      ),
      threshold: this.#thresholds.parityPercent,
      datapoints: [2, 2],
      summary: "The candidate's answers differ from the stable side's in ways that break clients.",
    });
  }

  #alarm(spec: Spec): Alarm {
    const { ingressId, runbookUrl = 'docs/how-to/runbook.md' } = this.#props;
    return new Alarm(this, spec.what, {
      alarmName: `${ingressId}-${spec.what}`,
      alarmDescription: `${spec.summary} Runbook: ${runbookUrl}#${spec.what}`,
      metric: spec.metric,
      threshold: spec.threshold,
      comparisonOperator: spec.comparison ?? ComparisonOperator.GREATER_THAN_THRESHOLD,
      datapointsToAlarm: spec.datapoints[0],
      evaluationPeriods: spec.datapoints[1],
      treatMissingData: spec.missing ?? TreatMissingData.NOT_BREACHING,
    });
  }

  #alb(metricName: string, statistic: string, side?: 'stable' | 'candidate'): Metric {
    const { loadBalancerFullName, stableFullName, candidateFullName } = this.#props;
    const TargetGroup = side === 'stable' ? stableFullName : candidateFullName;
    return new Metric({
      namespace: NAMESPACE,
      metricName,
      dimensionsMap: { LoadBalancer: loadBalancerFullName, ...(side === undefined ? {} : { TargetGroup }) },
      statistic,
      period: PERIOD,
    });
  }
}

function math(expression: string, usingMetrics: Record<string, IMetric>, label: string): MathExpression {
  return new MathExpression({ expression, usingMetrics, label, period: PERIOD });
}
