/** Alarms on what the mirror counts. They tell people and move nothing: customers have their answers, and the sign-off counts what is lost. */
import { ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { ALARM_MIN_REQUESTS } from '../../core/gate/index.ts';
import { MIRROR_LOSSES } from '../../core/status/index.ts';
import { ALARM_PERIOD, type AlarmSpec, alarmMath } from './alarm-spec.ts';

/** Minutes in a row: a deployment of the mirror, or of a primary, is no news. */
const MINUTES = 3;
/** Of what was to be captured: the sign-off asks for more than nine tenths. */
const LOST_PERCENT = 5;
const CUT_PERCENT = 10;
const REFUSED_PERCENT = 5;
const PRIMARY_PERCENT = 1;

export interface MirrorNames {
  readonly ingressId: string;
  /** `app/<name>/<id>` */
  readonly loadBalancerFullName: string;
  /** `targetgroup/<name>/<id>` */
  readonly mirrorForwardFullName: string;
}

/** The mirror has no healthy target: what closes it. */
export function mirrorUnhealthy({ loadBalancerFullName, mirrorForwardFullName }: MirrorNames): AlarmSpec {
  return {
    what: 'mirror-unhealthy',
    // Each zone reports its own targets: the largest report below 1 says that no zone has any.
    metric: ofTargets({ loadBalancerFullName, mirrorForwardFullName }, 'HealthyHostCount', Stats.MAXIMUM),
    threshold: 1,
    comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
    datapoints: [2, 2],
    missing: TreatMissingData.BREACHING,
    summary:
      'The mirror has no healthy target; its weight is set to 0 at once (in the shadow phase that is a rollback).',
  };
}

/** One for each count of the mirror that should be small, and one for a recorder that counts nothing. */
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
  // With what was captured they are the ten metrics that an alarm may read.
  const losses = MIRROR_LOSSES.map((reason, i) => [`l${i}`, dropped(reason)] as const);
  const lost = losses.map(([id]) => `FILL(${id}, 0)`).join(' + ');
  return [
    {
      what: 'mirror-lost',
      metric: alarmMath(
        share(`(${lost})`, `(FILL(c, 0) + ${lost})`),
        { c: own('MirrorCaptured'), ...Object.fromEntries(losses) },
        'captures that were lost, %',
      ),
      threshold: LOST_PERCENT,
      datapoints: all,
      summary: 'The mirror loses captures, which the sign-off will lack.',
    },
    {
      what: 'mirror-cut',
      metric: alarmMath(
        share('FILL(x, 0)', 'FILL(c, 0)'),
        { x: own('MirrorCut'), c: own('MirrorCaptured') },
        'captures of answers beyond the cap, %',
      ),
      threshold: CUT_PERCENT,
      datapoints: all,
      summary: 'Many answers are longer than the cap, so only their beginnings are compared.',
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
      summary: 'The mirror itself refuses requests: it cannot parse them, or has seen them before.',
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
      what: 'recorder-silent',
      metric: alarmMath(
        'IF(FILL(n, 0) > 0 AND FILL(r, -1) < 0, 1, 0)',
        { n: ofTargets(names, 'RequestCount', Stats.SUM), r: own('MirrorRequests') },
        'minutes of requests through the mirror that nobody counted',
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

function ofTargets(
  { loadBalancerFullName, mirrorForwardFullName }: Omit<MirrorNames, 'ingressId'>,
  metricName: string,
  statistic: string,
): Metric {
  return new Metric({
    namespace: 'AWS/ApplicationELB',
    metricName,
    dimensionsMap: { LoadBalancer: loadBalancerFullName, TargetGroup: mirrorForwardFullName },
    statistic,
    period: ALARM_PERIOD,
  });
}
