/** AWS limits that all cutovers of one region of one account share, and how much of them a cutover uses. */
import type { Plan } from '../model/index.ts';

export interface Bucket {
  readonly what: string;
  /** How many calls may arrive at once. */
  readonly capacity: number;
  /** How many calls are added per second. */
  readonly perSecond: number;
  /** AWS documentation of the limit. */
  readonly source: string;
}

const ELB = 'https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html';
const CLOUDWATCH = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html';

/** Default limits, per account and region. CloudWatch documents only rates, so its bucket holds one second's worth. */
export const BUCKETS = {
  modifyRule: { what: 'ModifyRule and other changes of load balancers', capacity: 20, perSecond: 3, source: ELB },
  describeRules: { what: 'Describe* of load balancers', capacity: 40, perSecond: 10, source: ELB },
  getMetricData: { what: 'GetMetricData', capacity: 50, perSecond: 50, source: CLOUDWATCH },
  describeAlarms: { what: 'DescribeAlarms', capacity: 9, perSecond: 9, source: CLOUDWATCH },
} as const satisfies Record<string, Bucket>;

export type BucketId = keyof typeof BUCKETS;
export type Calls = Readonly<Record<BucketId, number>>;

export const BUCKET_IDS = Object.keys(BUCKETS) as BucketId[];

/**
 * Calls of one evaluation of a run: rules; health of both sides and, if no ECS service is named, the targets of both;
 * alarms; series of the load balancer and of the plan or the mirror. Counted on the wire by
 * test/rehearsal/cloud/calls-of-a-look.test.ts.
 */
export const CALLS_OF_LOOK: Calls = { modifyRule: 0, describeRules: 5, getMetricData: 2, describeAlarms: 1 };
/** Calls of the watchdog, each minute: rules, and the health of both sides and of the mirror. */
export const CALLS_OF_WATCHDOG: Calls = { modifyRule: 0, describeRules: 4, getMetricData: 1, describeAlarms: 0 };
/** Calls of the watchdog if no run is in progress. */
export const CALLS_AT_REST: Calls = { modifyRule: 0, describeRules: 1, getMetricData: 0, describeAlarms: 0 };

/**
 * Reads of a rollback in addition to its writes: rules, the health of both sides, and the rules again until they show
 * the weights.
 */
export const CALLS_OF_RETURN = 5;

/** How many rules a cutover writes: one for safe methods and one for the others. */
export const RULES_OF_CUTOVER = 2;

/** Calls per minute of a run in progress. The stages evaluate most often. */
export function callsUnderWay({ gate }: Pick<Plan, 'gate'>): Calls {
  const looks = 60 / gate.observe;
  return callsOf((id) => looks * CALLS_OF_LOOK[id] + CALLS_OF_WATCHDOG[id]);
}

/** Computes one figure for each bucket. */
export function callsOf(figure: (id: BucketId) => number): Record<BucketId, number> {
  const [modifyRule, describeRules] = [figure('modifyRule'), figure('describeRules')];
  return {
    modifyRule,
    describeRules,
    getMetricData: figure('getMetricData'),
    describeAlarms: figure('describeAlarms'),
  };
}
