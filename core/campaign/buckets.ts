/** The limits of AWS that all cutovers of one region of one account share, and what a cutover takes of them. */
import type { Plan } from '../model/index.ts';

export interface Bucket {
  readonly what: string;
  /** Calls that may come at once. */
  readonly capacity: number;
  /** Calls by which it fills up again, a second. */
  readonly perSecond: number;
  /** Where AWS says so. */
  readonly source: string;
}

const ELB = 'https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html';
const CLOUDWATCH = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html';

/** Default limits, per account and region; CloudWatch publishes rates alone, so that a second's worth is the bucket. */
export const BUCKETS = {
  modifyRule: { what: 'ModifyRule and other changes of load balancers', capacity: 20, perSecond: 3, source: ELB },
  describeRules: { what: 'Describe* of load balancers', capacity: 40, perSecond: 10, source: ELB },
  getMetricData: { what: 'GetMetricData', capacity: 50, perSecond: 50, source: CLOUDWATCH },
  describeAlarms: { what: 'DescribeAlarms', capacity: 9, perSecond: 9, source: CLOUDWATCH },
} as const satisfies Record<string, Bucket>;

export type BucketId = keyof typeof BUCKETS;
export type Calls = Readonly<Record<BucketId, number>>;

export const BUCKET_IDS = Object.keys(BUCKETS) as BucketId[];

/** Counted on the wire by test/rehearsal/cloud/calls-of-a-look.test.ts. Calls of one look at a run: rules, the health of both sides and, where no ECS service is named, the targets of both; alarms; series of the load balancer and of the plan or the mirror. */
export const CALLS_OF_LOOK: Calls = { modifyRule: 0, describeRules: 5, getMetricData: 2, describeAlarms: 1 };
/** Of the watchdog, each minute: rules, the health of both sides and of the mirror. */
export const CALLS_OF_WATCHDOG: Calls = { modifyRule: 0, describeRules: 4, getMetricData: 1, describeAlarms: 0 };
/** Of the watchdog where nothing is under way. */
export const CALLS_AT_REST: Calls = { modifyRule: 0, describeRules: 1, getMetricData: 0, describeAlarms: 0 };

/** Readings of a rollback beside its writes: rules and the health of both sides, and the rules again until they show the weights. */
export const CALLS_OF_RETURN = 5;

/** Rules whose weights a cutover writes: safe methods and the others. */
export const RULES_OF_CUTOVER = 2;

/** Calls a minute of a run under way: the stages look most often. */
export function callsUnderWay({ gate }: Pick<Plan, 'gate'>): Calls {
  const looks = 60 / gate.observe;
  return callsOf((id) => looks * CALLS_OF_LOOK[id] + CALLS_OF_WATCHDOG[id]);
}

/** One figure for each bucket. */
export function callsOf(figure: (id: BucketId) => number): Record<BucketId, number> {
  const [modifyRule, describeRules] = [figure('modifyRule'), figure('describeRules')];
  return {
    modifyRule,
    describeRules,
    getMetricData: figure('getMetricData'),
    describeAlarms: figure('describeAlarms'),
  };
}
