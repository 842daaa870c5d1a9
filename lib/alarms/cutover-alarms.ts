import {
  Alarm,
  ComparisonOperator,
  type MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import * as z from 'zod';
import {
  ALARM_CONTROL_WEIGHT,
  ALARM_HANG_UPS_PERCENT,
  ALARM_MAX_FOREIGN_PERCENT,
  ALARM_MIN_FAILURES,
  ALARM_MIN_REQUESTS,
  ALARM_MOST_UNANSWERED,
} from '../../core/gate/index.ts';
import { SYMPTOMS } from '../../core/runbook/index.ts';
import type { Side } from '../../sides/index.ts';
import {
  aLoadBalancerName,
  anIngressId,
  aTargetGroupName,
  aWebAddress,
  checkProps,
  knownNow,
  type Shape,
  thatHas,
  wholeNumberFrom,
} from '../props/index.ts';
import { ALARM_PERIOD, type AlarmSpec, alarmMath, albMetric } from './alarm-spec.ts';
import { beyond, refusedOf } from './excess.ts';
import { type MirrorGroups, mirrorErrors, mirrorNotices, mirrorUnhealthy } from './mirror-alarms.ts';
import { runbookPlace } from './runbook-dashboard.ts';
import { type AlarmThresholds, DEFAULT_THRESHOLDS, THRESHOLDS_SHAPE } from './thresholds.ts';

/** For how many consecutive minutes after the warm-up a percentile must be too high. */
const SLOW_MINUTES = 3;

/** CloudWatch evaluates one day at most. */
const MOST_MINUTES = 24 * 60;

export interface CutoverAlarmsProps {
  /** Id of the ingress, as in `DualStackCutover`. */
  readonly ingressId: string;
  /** `app/<name>/<id>` */
  readonly loadBalancerFullName: string;
  /** `targetgroup/<name>/<id>` */
  readonly stableFullName: string;
  /** `targetgroup/<name>/<id>` */
  readonly candidateFullName: string;
  /** @default - no mirror, and no alarms about it */
  readonly mirror?: MirrorGroups;
  /** For how many minutes after each step a cold candidate may be slow (`gate.warmUp`). */
  readonly warmUpMinutes: number;
  /** How many failures one cause makes at a time (`gate.errorBurst`); multiplies the failures needed. @default 1 */
  readonly failuresAtATime?: number;
  /** @default - those of {@link DEFAULT_THRESHOLDS} */
  readonly thresholds?: Partial<AlarmThresholds>;
  /** Base address of your own runbook; every alarm links to its section. @default - the deployed one */
  readonly runbookUrl?: string;
}

const SHAPE: Shape<CutoverAlarmsProps> = {
  ingressId: anIngressId,
  loadBalancerFullName: aLoadBalancerName,
  stableFullName: aTargetGroupName,
  candidateFullName: aTargetGroupName,
  mirror: z.strictObject({ forwardFullName: aTargetGroupName, reverseFullName: aTargetGroupName }).optional(),
  warmUpMinutes: knownNow(wholeNumberFrom(0, MOST_MINUTES - SLOW_MINUTES)),
  failuresAtATime: z.number().min(1).optional(),
  thresholds: THRESHOLDS_SHAPE.optional(),
  runbookUrl: aWebAddress.optional(),
};

export const theAlarms = thatHas<CutoverAlarms>('the CutoverAlarms of the cutover', 'rollback', 'mirror', 'notices');

/**
 * The alarms of one cutover. Names are fixed (`<ingress>-<what>`), so that handlers can name them without a lookup.
 * Error metrics are reported only when non-zero, so their absence is not breaching; the absence of continuous metrics
 * is.
 */
export class CutoverAlarms extends Construct {
  /** Alarms that roll back. */
  readonly rollback: readonly Alarm[];
  /** Alarms that close the mirror. */
  readonly mirror: readonly Alarm[];
  /** Alarms that only notify people. */
  readonly notices: readonly Alarm[];
  readonly #props: CutoverAlarmsProps;
  readonly #thresholds: AlarmThresholds;

  constructor(scope: Construct, id: string, props: CutoverAlarmsProps) {
    super(scope, id);
    checkProps(`CutoverAlarms ${id}`, SHAPE, props, this);
    this.#props = props;
    this.#thresholds = { ...DEFAULT_THRESHOLDS, ...givenOf(props.thresholds) };
    this.rollback = [
      this.#errors(),
      this.#connectionErrors(),
      this.#elbErrors(),
      ...([50, 95, 99] as const).map((p) => this.#latency(p)),
      this.#unhealthy(),
      this.#breaker(),
      ...(props.mirror === undefined ? [] : [this.#parity()]),
    ];
    const { ingressId, loadBalancerFullName, mirror } = props;
    const mirrors = mirror === undefined ? [] : [{ ingressId, loadBalancerFullName, mirror }];
    const closing = mirrors.flatMap((names) => [
      mirrorUnhealthy(names),
      mirrorErrors(names, props, this.#thresholds.errorPercent, this.#burst),
    ]);
    this.mirror = closing.map((spec) => this.#alarm(spec));
    const ofMirror = mirrors.flatMap(mirrorNotices).map((spec) => this.#alarm(spec));
    this.notices = [this.#noTraffic(), ...ofMirror];
  }

  get #burst(): number {
    return this.#props.failuresAtATime ?? 1;
  }

  #noTraffic(): Alarm {
    return this.#alarm({
      what: 'no-traffic',
      metric: alarmMath(
        'IF(FILL(r, 0) > 0 AND FILL(n, 0) < 1, 1, 0)',
        { r: this.#own('CutoverRunning', Stats.MAXIMUM), n: this.#alb('RequestCount', Stats.SUM) },
        'minutes of a cutover without a request',
      ),
      threshold: 1,
      comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapoints: [3, 3],
      summary: 'A cutover is running, but the load balancer receives no requests.',
    });
  }

  #errors(): Alarm {
    return this.#alarm({
      what: 'candidate-5xx-ratio',
      metric: this.#errorExcess(),
      threshold: this.#thresholds.errorPercent,
      datapoints: [2, 3],
      summary: `The candidate's error rate exceeds ${ALARM_CONTROL_WEIGHT} times stable's by more than ${points(this.#thresholds.errorPercent)} (evaluated only from ${ALARM_MIN_FAILURES * this.#burst} failures a minute).`,
    });
  }

  #connectionErrors(): Alarm {
    return this.#alarm({
      what: 'candidate-connection-errors',
      metric: alarmMath(
        beyond(refusedOf('n', 'c'), refusedOf('m', 'd'), this.#burst),
        this.#exposed(),
        "candidate's refused connections above stable's, %",
      ),
      threshold: this.#thresholds.connectionErrorPercent,
      datapoints: [2, 3],
      summary:
        'Connections to the candidate fail because it crashes or has no tasks. Such failures do not show up as target 5xx.',
    });
  }

  /** `errorExcess` of core/gate/alarm-rules.ts as metric math. */
  #errorExcess(): MathExpression {
    const others = (['2', '3', '4'] as const).map((code) => [`b${code}`, `HTTPCode_Target_${code}XX_Count`] as const);
    const using = {
      ...this.#exposed(),
      e: this.#alb('HTTPCode_Target_5XX_Count', Stats.SUM, 'candidate'),
      f: this.#alb('HTTPCode_Target_5XX_Count', Stats.SUM, 'stable'),
      ...Object.fromEntries(others.map(([id, name]) => [id, this.#alb(name, Stats.SUM, 'stable')])),
    };
    const open = `(FILL(m, 0) - ${others.map(([id]) => `FILL(${id}, 0)`).join(' - ')})`;
    const atMost = `IF(FILL(f, 0) > 0, FILL(f, 0), IF(${open} > 0, ${open}, 0))`;
    const [candidate, stable] = [refusedOf('n', 'c'), refusedOf('m', 'd')];
    return alarmMath(
      beyond(
        { ...candidate, failed: `(FILL(e, 0) + ${candidate.failed})` },
        { ...stable, failed: `(${atMost} + ${stable.failed})`, isTold: 'FILL(f, 0) > 0' },
        this.#burst,
      ),
      using,
      "candidate's errors above stable's, %",
    );
  }

  /** Requests and refused connections of both sides. */
  #exposed(): Record<'n' | 'c' | 'm' | 'd', Metric> {
    return {
      n: this.#alb('RequestCount', Stats.SUM, 'candidate'),
      c: this.#alb('TargetConnectionErrorCount', Stats.SUM, 'candidate'),
      m: this.#alb('RequestCount', Stats.SUM, 'stable'),
      d: this.#alb('TargetConnectionErrorCount', Stats.SUM, 'stable'),
    };
  }

  /** `elbErrorExcess` of core/gate/alarm-rules.ts as metric math. */
  #elbErrors(): Alarm {
    const answers = (['2', '3', '4', '5'] as const).map(
      (code) => [`a${code}`, `HTTPCode_Target_${code}XX_Count`] as const,
    );
    const { loadBalancerFullName, mirror } = this.#props;
    const behind = (group: string) => albMetric(loadBalancerFullName, 'RequestCount', Stats.SUM, group);
    const mirrored =
      mirror === undefined ? {} : { f: behind(mirror.forwardFullName), r: behind(mirror.reverseFullName) };
    const using = {
      ...mirrored,
      t: this.#alb('RequestCount', Stats.SUM),
      n: this.#alb('RequestCount', Stats.SUM, 'candidate'),
      m: this.#alb('RequestCount', Stats.SUM, 'stable'),
      e: this.#alb('HTTPCode_ELB_5XX_Count', Stats.SUM),
      ...Object.fromEntries(answers.map(([id, name]) => [id, this.#alb(name, Stats.SUM, 'candidate')])),
    };
    const ours = ['n', 'm', ...Object.keys(mirrored)].map((id) => `FILL(${id}, 0)`);
    const foreign = `FILL(t, 0) - ${ours.join(' - ')} > ${ALARM_MAX_FOREIGN_PERCENT / 100} * FILL(t, 0)`;
    const open = `(FILL(n, 0) - ${answers.map(([id]) => `FILL(${id}, 0)`).join(' - ')})`;
    const isOther = `${open} < 0 OR ${open} > ${ALARM_MOST_UNANSWERED} * FILL(e, 0)`;
    const lost = `IF(${isOther}, 0, IF(${open} < FILL(e, 0), ${open}, FILL(e, 0)))`;
    const stable = { exposed: 'FILL(m, 0)', failed: `(FILL(e, 0) - ${lost})`, allowed: ALARM_HANG_UPS_PERCENT };
    const rule = beyond({ exposed: 'FILL(n, 0)', failed: lost }, stable, this.#burst);
    return this.#alarm({
      what: 'elb-5xx',
      metric: alarmMath(
        `IF(${foreign}, 0, ${rule})`,
        using,
        `load balancer's 5xx of candidate's requests above stable's and ${ALARM_HANG_UPS_PERCENT} points, %`,
      ),
      threshold: this.#thresholds.elbErrorPercent,
      datapoints: [2, 3],
      summary: `The load balancer itself answers the candidate's requests with 5xx, at a rate that exceeds ${ALARM_CONTROL_WEIGHT} times stable's by more than ${points(this.#thresholds.elbErrorPercent + ALARM_HANG_UPS_PERCENT)}. The metric is not split by target group: the number of requests that each side's targets left unanswered shows which side is affected, unless more than ${ALARM_MAX_FOREIGN_PERCENT} % of the requests belong to other services.`,
    });
  }

  #latency(percentile: 50 | 95 | 99): Alarm {
    const stat = Stats.percentile(percentile);
    const enough = Math.max(ALARM_MIN_REQUESTS, Math.round(10 / (1 - percentile / 100)));
    const floor = this.#thresholds.latencyFloorMs / 1000;
    const using = {
      n: this.#alb('RequestCount', Stats.SUM, 'candidate'),
      m: this.#alb('RequestCount', Stats.SUM, 'stable'),
      c: this.#alb('TargetResponseTime', stat, 'candidate'),
      s: this.#alb('TargetResponseTime', stat, 'stable'),
    };
    const minutes = this.#props.warmUpMinutes + SLOW_MINUTES;
    return this.#alarm({
      what: `candidate-latency-p${percentile}-ratio`,
      metric: alarmMath(
        `IF(FILL(n, 0) >= ${enough} AND FILL(m, 0) >= ${enough} AND FILL(s, 0) > 0 AND FILL(c, 0) - FILL(s, 0) > ${floor}, FILL(c, 0) / FILL(s, 1), 0)`,
        using,
        `p${percentile} candidate / stable`,
      ),
      threshold: this.#thresholds.latencyRatio,
      datapoints: [minutes, minutes],
      summary: `The candidate's p${percentile} latency has been above ${this.#thresholds.latencyRatio} times stable's, and by more than ${this.#thresholds.latencyFloorMs} ms, for longer than a warm-up (${minutes} minutes; evaluated only when both sides get at least ${enough} requests a minute).`,
    });
  }

  /** Averages over the zones, because each zone reports only its own targets. */
  #unhealthy(): Alarm {
    const using = {
      u: this.#alb('UnHealthyHostCount', Stats.AVERAGE, 'candidate'),
      h: this.#alb('HealthyHostCount', Stats.AVERAGE, 'candidate'),
    };
    return this.#alarm({
      what: 'candidate-unhealthy-hosts',
      metric: alarmMath(
        'IF(FILL(u, 0) > 0, 100 * FILL(u, 0) / (FILL(u, 0) + FILL(h, 0)), 0)',
        using,
        'unhealthy targets, %',
      ),
      threshold: this.#thresholds.unhealthyPercent,
      comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapoints: [2, 2],
      summary: `At least ${this.#thresholds.unhealthyPercent} % of the candidate's targets have been unhealthy for two minutes.`,
    });
  }

  #breaker(): Alarm {
    return this.#alarm({
      what: 'breaker-open',
      metric: new Metric({
        namespace: 'Crossfade',
        metricName: 'BreakerOpen',
        dimensionsMap: { Ingress: this.#props.ingressId, Side: 'candidate' },
        statistic: Stats.MAXIMUM,
        period: ALARM_PERIOD,
      }),
      threshold: 1,
      comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapoints: [2, 2],
      summary: "The candidate's circuit breaker to its upstream stays open.",
    });
  }

  #parity(): Alarm {
    return this.#alarm({
      what: 'parity-mismatch',
      metric: alarmMath(
        `IF(FILL(n, 0) >= ${ALARM_MIN_REQUESTS}, 100 * FILL(b, 0) / FILL(n, 0), 0)`,
        { n: this.#own('ParityPairs', Stats.SUM), b: this.#own('ParityBreaking', Stats.SUM) },
        'captures with a breaking difference, %',
      ),
      threshold: this.#thresholds.parityPercent,
      datapoints: [2, 2],
      summary: "The candidate's answers differ from stable's in ways that break clients.",
    });
  }

  #alarm(spec: AlarmSpec): Alarm {
    const { ingressId, runbookUrl } = this.#props;
    return new Alarm(this, spec.what, {
      alarmName: `${ingressId}-${spec.what}`,
      alarmDescription: `${spec.summary} ${SYMPTOMS[spec.what].done} Runbook: ${runbookPlace(this, ingressId, runbookUrl, spec.what)}`,
      metric: spec.metric,
      threshold: spec.threshold,
      comparisonOperator: spec.comparison ?? ComparisonOperator.GREATER_THAN_THRESHOLD,
      datapointsToAlarm: spec.datapoints[0],
      evaluationPeriods: spec.datapoints[1],
      treatMissingData: spec.missing ?? TreatMissingData.NOT_BREACHING,
    });
  }

  #own(metricName: string, statistic: string): Metric {
    return new Metric({
      namespace: 'Crossfade',
      metricName,
      dimensionsMap: { Ingress: this.#props.ingressId },
      statistic,
      period: ALARM_PERIOD,
    });
  }

  #alb(metricName: string, statistic: string, side?: Side): Metric {
    const { loadBalancerFullName, stableFullName, candidateFullName } = this.#props;
    const group = { stable: stableFullName, candidate: candidateFullName };
    return albMetric(loadBalancerFullName, metricName, statistic, side === undefined ? undefined : group[side]);
  }
}

/** Without those that are undefined, which would take the place of a default. */
function givenOf(thresholds: Partial<AlarmThresholds> = {}): Partial<AlarmThresholds> {
  return Object.fromEntries(Object.entries(thresholds).filter(([, value]) => value !== undefined));
}

function points(count: number): string {
  return `${count} percentage ${count === 1 ? 'point' : 'points'}`;
}
