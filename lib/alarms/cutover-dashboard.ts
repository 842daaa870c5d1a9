import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  Metric,
  SingleValueWidget,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import * as z from 'zod';
import type { QueryPlaces } from '../../core/metrics/index.ts';
import { PHASES, type PlanMetric } from '../../core/model/index.ts';
import { cutoverDashboard, MIRROR_LOSSES } from '../../core/status/index.ts';
import { SIDES, type Side } from '../../sides/index.ts';
import {
  aLoadBalancerName,
  anAlarmArn,
  anIngressId,
  aStateMachine,
  aTargetGroupName,
  aWebAddress,
  bothServices,
  checkProps,
  matching,
  type Shape,
  thatHas,
} from '../props/index.ts';
import { type CutoverAlarms, theAlarms } from './cutover-alarms.ts';
import { metricWidget } from './metric-widget.ts';

export interface CutoverDashboardProps {
  /** Id of the ingress, as in `DualStackCutover`. */
  readonly ingressId: string;
  /** `app/<name>/<id>` */
  readonly loadBalancerFullName: string;
  /** `targetgroup/<name>/<id>` */
  readonly stableFullName: string;
  /** `targetgroup/<name>/<id>` */
  readonly candidateFullName: string;
  /** ECS services of the sides. @default - unknown */
  readonly services?: QueryPlaces['services'];
  /** The alarms whose states are displayed. */
  readonly alarms: CutoverAlarms;
  /** The plan's own metrics; each is drawn for both sides, with the limit for the candidate. */
  readonly metrics: readonly PlanMetric[];
  /** The plan's own alarms, by ARN. */
  readonly ownAlarms: readonly string[];
  /** The machine whose executions are counted. */
  readonly machine: StateMachine;
  /** Log group of the watch function, for its verdicts. */
  readonly verdictLogGroup: string;
  /** Address of the runbook. */
  readonly runbookUrl: string;
}

const SHAPE: Shape<CutoverDashboardProps> = {
  ingressId: anIngressId,
  loadBalancerFullName: aLoadBalancerName,
  stableFullName: aTargetGroupName,
  candidateFullName: aTargetGroupName,
  services: bothServices.optional(),
  alarms: theAlarms,
  metrics: z.array(thatHas<PlanMetric>('a metric of a plan, as parsePlan() returns it', 'name', 'kind')),
  ownAlarms: z.array(anAlarmArn),
  machine: aStateMachine,
  verdictLogGroup: matching(/^[\w./#-]{1,512}$/, 'the name of a log group'),
  runbookUrl: aWebAddress,
};

const PERIOD = Duration.seconds(60);
const NAMESPACE = 'Crossfade';

/**
 * Shows the present state first, then both sides compared, the plan's own metrics, the shadow, and finally the alarms
 * and verdicts.
 */
export class CutoverDashboard extends Construct {
  readonly #props: CutoverDashboardProps;

  constructor(scope: Construct, id: string, props: CutoverDashboardProps) {
    super(scope, id);
    checkProps(`CutoverDashboard ${id}`, SHAPE, props, this);
    this.#props = props;
    new Dashboard(this, 'Dashboard', {
      dashboardName: cutoverDashboard(props.ingressId),
      defaultInterval: Duration.hours(3),
      widgets: [
        this.#cutover(),
        this.#traffic(),
        this.#latency(),
        this.#upstreams(),
        this.#ownMetrics(),
        this.#shadow(),
        this.#alarms(),
      ],
    });
  }

  #cutover(): IWidget[] {
    const { machine, runbookUrl, ingressId } = this.#props;
    const phases = PHASES.map((phase, i) => `${i} ${phase}`).join(' · ');
    return [
      new TextWidget({
        width: 8,
        height: 6,
        markdown: [
          `# Cutover of \`${ingressId}\``,
          `Return all traffic to stable: \`crossfade rollback --ingress ${ingressId} --reason "…"\``,
          `[Runbook](${runbookUrl}) · machine \`${machine.stateMachineName}\``,
          `Phases: ${phases}`,
        ].join('\n\n'),
      }),
      new SingleValueWidget({
        title: 'Now: candidate share (%), phase, gate (-1 rollback, 0 hold, 1 advance)',
        width: 8,
        height: 6,
        metrics: [
          this.#own('CandidatePercent', Stats.MAXIMUM),
          this.#own('Phase', Stats.MAXIMUM),
          this.#own('GateDecision', Stats.MINIMUM),
        ],
      }),
      graph('Candidate share (%), rollback requests, closed mirrors', [
        this.#own('CandidatePercent', Stats.MAXIMUM),
        this.#own('RollbackRequested', Stats.SUM),
        this.#own('MirrorClosed', Stats.SUM),
      ]),
    ];
  }

  #traffic(): IWidget[] {
    return [
      graph('Requests per minute', this.#both('RequestCount', Stats.SUM)),
      graph('Target 5xx', this.#both('HTTPCode_Target_5XX_Count', Stats.SUM)),
      graph('Connection errors; load balancer 5xx', [
        ...this.#both('TargetConnectionErrorCount', Stats.SUM),
        ...[502, 503, 504].map((status) =>
          this.#alb(`HTTPCode_ELB_${status}_Count`, Stats.SUM, `load balancer ${status}`),
        ),
      ]),
    ];
  }

  #latency(): IWidget[] {
    return [50, 95, 99].map((p) =>
      graph(`Response time p${p}, s`, this.#both('TargetResponseTime', Stats.percentile(p))),
    );
  }

  #upstreams(): IWidget[] {
    return [
      graph('Healthy targets', this.#both('HealthyHostCount', Stats.MINIMUM)),
      graph('Upstream errors', this.#gateways('UpstreamErrors', Stats.SUM)),
      graph('Circuit breaker (0 closed, 0.5 half-open, 1 open)', [
        ...this.#gateways('BreakerOpen', Stats.MAXIMUM),
        ...SIDES.map((Side) =>
          this.#metric(
            'MirrorBreakerOpen',
            { Ingress: this.#props.ingressId, Side },
            Stats.MAXIMUM,
            `copies to ${Side}`,
          ),
        ),
      ]),
    ];
  }

  #ownMetrics(): IWidget[] {
    const { metrics, services, loadBalancerFullName, stableFullName, candidateFullName } = this.#props;
    const places = {
      loadBalancer: { fullName: loadBalancerFullName },
      targetGroups: { stable: { fullName: stableFullName }, candidate: { fullName: candidateFullName } },
      services,
    };
    return metrics.map((metric) => metricWidget(metric, places));
  }

  #shadow(): IWidget[] {
    return [
      graph('Captures compared, and captures with a breaking difference', [
        this.#own('ParityPairs', Stats.SUM),
        this.#own('ParityBreaking', Stats.SUM),
      ]),
      graph('Requests and copies of the mirror', [
        this.#own('MirrorRequests', Stats.SUM),
        this.#own('MirrorCopies', Stats.SUM),
        this.#own('MirrorCaptured', Stats.SUM),
        this.#own('MirrorPrimaryErrors', Stats.SUM),
        this.#own('MirrorPrimaryRetries', Stats.SUM),
        this.#own('MirrorCut', Stats.SUM),
        this.#own('MirrorDied', Stats.SUM),
      ]),
      graph('Copies lost, by reason', this.#dropped(...MIRROR_LOSSES)),
      graph(
        'Requests that are not copied, by reason',
        this.#dropped('sample', 'method', 'upgrade', 'aborted', 'refused'),
      ),
      graph('Requests that the primary did not answer, by Envoy’s response flag', [
        // The flags are Envoy's, and few of them ever occur.
        new MathExpression({
          expression: `SEARCH('{${NAMESPACE},Flag,Ingress} MetricName="MirrorPrimaryErrors" Ingress="${this.#props.ingressId}"', 'Sum', ${PERIOD.toSeconds()})`,
          label: '',
          period: PERIOD,
        }),
      ]),
    ];
  }

  #dropped(...reasons: readonly string[]): Metric[] {
    const { ingressId: Ingress } = this.#props;
    return reasons.map((Reason) => this.#metric('MirrorDropped', { Ingress, Reason }, Stats.SUM, Reason));
  }

  #alarms(): IWidget[] {
    const { alarms, ownAlarms, verdictLogGroup } = this.#props;
    const own = ownAlarms.map((arn, i) => Alarm.fromAlarmArn(this, `OwnAlarm${i}`, arn));
    const all = [...alarms.rollback, ...alarms.mirror, ...alarms.notices, ...own] as IAlarm[];
    return [
      new AlarmStatusWidget({ title: 'Alarms', width: 8, height: 8, alarms: all }),
      new LogQueryWidget({
        title: 'Latest evaluations',
        width: 16,
        height: 8,
        view: LogQueryVisualizationType.TABLE,
        logGroupNames: [verdictLogGroup],
        queryLines: [
          'fields @timestamp, cutoverId, phase, message',
          'filter kind = "observation"',
          'sort @timestamp desc',
          'limit 50',
        ],
      }),
    ];
  }

  #both(metricName: string, statistic: string): Metric[] {
    return SIDES.map((side) => this.#alb(metricName, statistic, side, side));
  }

  #alb(metricName: string, statistic: string, label: string, side?: Side): Metric {
    const { loadBalancerFullName, stableFullName, candidateFullName } = this.#props;
    return new Metric({
      namespace: 'AWS/ApplicationELB',
      metricName,
      dimensionsMap: {
        LoadBalancer: loadBalancerFullName,
        ...(side === undefined ? {} : { TargetGroup: side === 'stable' ? stableFullName : candidateFullName }),
      },
      statistic,
      period: PERIOD,
      label,
    });
  }

  #gateways(metricName: string, statistic: string): Metric[] {
    return SIDES.map((Side) => this.#metric(metricName, { Ingress: this.#props.ingressId, Side }, statistic, Side));
  }

  #own(metricName: string, statistic: string): Metric {
    return this.#metric(metricName, { Ingress: this.#props.ingressId }, statistic, metricName);
  }

  #metric(metricName: string, dimensionsMap: Record<string, string>, statistic: string, label: string): Metric {
    return new Metric({ namespace: NAMESPACE, metricName, dimensionsMap, statistic, period: PERIOD, label });
  }
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 8, period: PERIOD });
}
