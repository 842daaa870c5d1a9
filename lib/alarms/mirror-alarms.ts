/**
 * Alarms on the mirror. Two of them close it, because its customers fail with it. Those on its counters only notify
 * people, because customers have their answers and the sign-off counts what is lost.
 */
import { ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { ALARM_CONTROL_WEIGHT, ALARM_MIN_FAILURES, ALARM_MIN_REQUESTS } from '../../core/gate/index.ts';
import { MIRROR_LOSSES } from '../../core/status/index.ts';
import { ALARM_PERIOD, type AlarmSpec, alarmMath, albMetric } from './alarm-spec.ts';
import { beyond } from './excess.ts';

/** Consecutive minutes, so that a deployment of the mirror or of a primary is not reported. */
const MINUTES = 3;
/** Percentage of the wanted captures; the sign-off requires more than nine tenths. */
const LOST_PERCENT = 5;
const CUT_PERCENT = 10;
const REFUSED_PERCENT = 5;
const PRIMARY_PERCENT = 1;

/** The mirror's two target groups, each as `targetgroup/<name>/<id>`. */
export interface MirrorGroups {
  readonly forwardFullName: string;
  readonly reverseFullName: string;
}

export interface MirrorNames {
  readonly ingressId: string;
  /** `app/<name>/<id>` */
  readonly loadBalancerFullName: string;
  readonly mirror: MirrorGroups;
}

/** The mirror has no healthy target. */
export function mirrorUnhealthy(names: MirrorNames): AlarmSpec {
  return {
    what: 'mirror-unhealthy',
    // Each zone reports its own targets, so a maximum below 1 means that no zone has any.
    metric: ofForward(names, 'HealthyHostCount', Stats.MAXIMUM),
    threshold: 1,
    comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
    datapoints: [2, 2],
    missing: TreatMissingData.BREACHING,
    summary:
      'The mirror has no healthy target, so it is closed: its weight is set to 0 (in the shadow phase that is a rollback).',
  };
}

/**
 * The mirror's targets are healthy, and what passes through them fails: `mirrorErrorExcess` of core/gate/alarm-rules.ts
 * as metric math. Of the two target groups one has customers at a time, and of the two sides the one behind it. A
 * sign-off may be waited for during days in which nothing else looks at them.
 * @param direct full names of the sides' target groups
 */
export function mirrorErrors(
  { loadBalancerFullName, mirror }: MirrorNames,
  direct: { readonly stableFullName: string; readonly candidateFullName: string },
  errorPercent: number,
  burst: number,
): AlarmSpec {
  const of = (group: string, metricName: string) => albMetric(loadBalancerFullName, metricName, Stats.SUM, group);
  const using = {
    f: of(mirror.forwardFullName, 'RequestCount'),
    fe: of(mirror.forwardFullName, 'HTTPCode_Target_5XX_Count'),
    fc: of(mirror.forwardFullName, 'TargetConnectionErrorCount'),
    r: of(mirror.reverseFullName, 'RequestCount'),
    re: of(mirror.reverseFullName, 'HTTPCode_Target_5XX_Count'),
    rc: of(mirror.reverseFullName, 'TargetConnectionErrorCount'),
    s: of(direct.stableFullName, 'RequestCount'),
    se: of(direct.stableFullName, 'HTTPCode_Target_5XX_Count'),
    c: of(direct.candidateFullName, 'RequestCount'),
    ce: of(direct.candidateFullName, 'HTTPCode_Target_5XX_Count'),
  };
  const sum = (...ids: readonly (keyof typeof using)[]) => `(${ids.map((id) => `FILL(${id}, 0)`).join(' + ')})`;
  const behind = { exposed: sum('f', 'r', 'fc', 'rc'), failed: sum('fe', 're', 'fc', 'rc') };
  const failed = sum('se', 'ce');
  const beside = { exposed: `IF(${failed} > 0, ${sum('s', 'c')}, 0)`, failed };
  return {
    what: 'mirror-5xx-ratio',
    metric: alarmMath(beyond(behind, beside, burst), using, "errors through the mirror above the others', %"),
    threshold: errorPercent,
    datapoints: [2, 3],
    summary: `The error rate of requests through the mirror exceeds ${ALARM_CONTROL_WEIGHT} times the others', so the mirror is closed: its weight is set to 0 (evaluated only from ${ALARM_MIN_FAILURES * burst} failures a minute).`,
  };
}

/**
 * One alarm for each counter of the mirror that should stay small, one for an Envoy that dies, and one for a recorder
 * that counts nothing.
 */
export function mirrorNotices(names: MirrorNames): readonly AlarmSpec[] {
  const { ingressId: Ingress } = names;
  const own = (metricName: string, dimensions: Record<string, string> = {}) =>
    new Metric({
      namespace: 'Crossfade',
      metricName,
      dimensionsMap: { Ingress, ...dimensions },
      statistic: Stats.SUM,
      period: ALARM_PERIOD,
    });
  const dropped = (Reason: string) => own('MirrorDropped', { Reason });
  const all: AlarmSpec['datapoints'] = [MINUTES, MINUTES];
  // Together with the captured ones, these are the ten metrics that an alarm may read.
  const losses = MIRROR_LOSSES.map((reason, i) => [`l${i}`, dropped(reason)] as const);
  const lost = losses.map(([id]) => `FILL(${id}, 0)`).join(' + ');
  return [
    {
      what: 'mirror-lost',
      metric: alarmMath(
        share(`(${lost})`, `(FILL(c, 0) + ${lost})`),
        { c: own('MirrorCaptured'), ...Object.fromEntries(losses) },
        'lost captures, %',
      ),
      threshold: LOST_PERCENT,
      datapoints: all,
      summary: 'The mirror loses captures, so the sign-off has less evidence.',
    },
    {
      what: 'mirror-cut',
      metric: alarmMath(
        share('FILL(x, 0)', 'FILL(c, 0)'),
        { x: own('MirrorCut'), c: own('MirrorCaptured') },
        'captures with an answer beyond the cap, %',
      ),
      threshold: CUT_PERCENT,
      datapoints: all,
      summary: 'Many answers exceed the capture cap, so only their beginnings are compared.',
    },
    {
      what: 'mirror-refused',
      metric: alarmMath(
        share('FILL(x, 0)', 'FILL(r, 0)'),
        { x: dropped('refused'), r: own('MirrorRequests') },
        'requests that the mirror refused, %',
      ),
      threshold: REFUSED_PERCENT,
      datapoints: all,
      summary: 'The mirror itself refuses requests: it cannot parse them, or they pass through it in a loop.',
    },
    {
      what: 'mirror-primary-failed',
      metric: alarmMath(
        share('FILL(x, 0)', 'FILL(r, 0)'),
        { x: own('MirrorPrimaryErrors'), r: own('MirrorRequests') },
        'requests that the primary did not answer, %',
      ),
      threshold: PRIMARY_PERCENT,
      datapoints: all,
      summary: 'The mirror answers 502 because its primary does not answer.',
    },
    {
      what: 'mirror-died',
      metric: own('MirrorDied'),
      threshold: 1,
      comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapoints: [1, 1],
      summary: 'Envoy exited unexpectedly in a task of the mirror; ECS replaces the task.',
    },
    {
      what: 'recorder-silent',
      metric: alarmMath(
        'IF(FILL(n, 0) > 0 AND FILL(r, -1) < 0, 1, 0)',
        { n: ofForward(names, 'RequestCount', Stats.SUM), r: own('MirrorRequests') },
        'minutes with uncounted requests through the mirror',
      ),
      threshold: 1,
      comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapoints: all,
      summary: 'Requests pass through the mirror, but no recorder reports them.',
    },
  ];
}

function share(part: string, whole: string): string {
  return `IF(${whole} >= ${ALARM_MIN_REQUESTS}, 100 * ${part} / ${whole}, 0)`;
}

function ofForward({ loadBalancerFullName, mirror }: MirrorNames, metricName: string, statistic: string): Metric {
  return albMetric(loadBalancerFullName, metricName, statistic, mirror.forwardFullName);
}
