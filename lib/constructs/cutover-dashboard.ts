import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';

export interface CutoverDashboardProps {
  readonly ingressId: string;
  readonly loadBalancerFullName: string;
  readonly stable: { readonly fullName: string };
  readonly candidate: { readonly fullName: string };
}

const PERIOD = Duration.seconds(60);
const SIDES = ['stable', 'candidate'] as const;

/** Both sides side by side: requests, errors, latency, upstream errors and breakers; below, the cutover itself. */
export class CutoverDashboard extends Construct {
  readonly #props: CutoverDashboardProps;

  constructor(scope: Construct, id: string, props: CutoverDashboardProps) {
    super(scope, id);
    this.#props = props;
    const graph = (title: string, left: Metric[], width = 8) => new GraphWidget({ title, left, width, period: PERIOD });
    new Dashboard(this, 'Dashboard', {
      dashboardName: `${props.ingressId}-cutover`,
      widgets: [
        [
          graph('Requests per minute', this.#both('RequestCount', Stats.SUM)),
          graph('Target 5xx', this.#both('HTTPCode_Target_5XX_Count', Stats.SUM)),
          graph('Connection errors', this.#both('TargetConnectionErrorCount', Stats.SUM)),
        ],
        [50, 95, 99].map((p) => graph(`Latency p${p}, s`, this.#both('TargetResponseTime', Stats.percentile(p)))),
        [
          graph('Healthy hosts', this.#both('HealthyHostCount', Stats.MINIMUM)),
          graph('Upstream errors', this.#gateways('UpstreamErrors', Stats.SUM)),
          graph('Circuit breaker (0 closed, 1 open)', this.#gateways('BreakerOpen', Stats.MAXIMUM)),
        ],
        [
          graph('Candidate weight, %', [this.#own('CandidatePercent', Stats.MAXIMUM)]),
          graph('Phase and gate (-1 rollback, 0 hold, 1 advance)', [
            this.#own('Phase', Stats.MAXIMUM),
            this.#own('GateDecision', Stats.MINIMUM),
          ]),
          graph('Parity', [this.#own('ParityPairs', Stats.SUM), this.#own('ParityBreaking', Stats.SUM)]),
        ],
      ],
    });
  }

  #both(metricName: string, statistic: string): Metric[] {
    return SIDES.map(
      (side) =>
        new Metric({
          namespace: 'AWS/ApplicationELB',
          metricName,
          dimensionsMap: { LoadBalancer: this.#props.loadBalancerFullName, TargetGroup: this.#props[side].fullName },
          statistic,
          period: PERIOD,
          label: side,
        }),
    );
  }

  #gateways(metricName: string, statistic: string): Metric[] {
    return SIDES.map(
      (Side) =>
        new Metric({
          namespace: 'Crossfade',
          metricName,
          dimensionsMap: { Side },
          statistic,
          period: PERIOD,
          label: Side,
        }),
    );
  }

  #own(metricName: string, statistic: string): Metric {
    return new Metric({
      namespace: 'Crossfade',
      metricName,
      dimensionsMap: { Ingress: this.#props.ingressId },
      statistic,
      period: PERIOD,
    });
  }
}
