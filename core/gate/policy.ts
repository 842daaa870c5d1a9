import type { RateTolerance } from './bets/index.ts';

/** What the gate must show, and with what confidence. Rates are shares of requests, 0 to 1. */
export interface GatePolicy {
  /** Probability, over the whole cutover, that a healthy candidate is called worse. */
  readonly alpha: number;
  /** Probability, per stage, that a candidate which is worse by a margin or more is found to be within it. */
  readonly beta: number;
  /** This stage uses `alpha` divided by this. Over all stages, including the soak, the parts sum to at most one. */
  readonly tests: number;
  /** The candidate advances when it is shown to be worse by less than this. */
  readonly errorMargin: number;
  readonly slowMargin: number;
  /**
   * The largest number of failures, and of slow requests, that one cause makes at a time; 1: every failure has its own
   * cause.
   */
  readonly errorBurst: number;
  readonly slowBurst: number;
  /** How much more often the candidate may fail, or be slow, before it counts as evidence against it. */
  readonly errorTolerance: RateTolerance;
  readonly slowTolerance: RateTolerance;
  /** The same for requests without an answer, of which clients that hang up make many more than there are failures. */
  readonly lostTolerance: RateTolerance;
  /** How much each side's rate wanders by itself: standard deviation of its logarithm; 0 if it does not. */
  readonly errorNoise: number;
  readonly slowNoise: number;
  /** Stable's ordinary rates before the run, to which its noise refers until the stage has shown a rate. */
  readonly errorRate: number;
  readonly slowRate: number;
  /**
   * Above these shares stable has an incident of its own. The clustering of failures during an incident is unknown, so
   * each of its minutes counts as one piece of evidence against the candidate, however much it shows. Infinity:
   * unknown.
   */
  readonly errorIncident: number;
  readonly slowIncident: number;
  /**
   * Up to this share, a minute resembles the spells that stable ordinarily has (garbage collection, a job, a
   * neighbour). The candidate has such spells in other minutes, so each of them counts as one piece of evidence. 0: the
   * look-back has none.
   */
  readonly slowSpell: number;
  /** The share of failures that stable's own minutes reach about once in 10,000; 0: unknown. */
  readonly errorReached: number;
  /** The share that its worst minutes of three hours reached; 0: unknown. */
  readonly errorSpike: number;
  /**
   * For stages with most requests on the candidate: what stable's minutes reached before, and the margin. Infinity:
   * unknown, or a stage in which stable has as many requests.
   */
  readonly errorReach: number;
  readonly slowReach: number;
  /** How many requests of the stage the candidate must answer before the gate may advance. */
  readonly minRequests: number;
  /**
   * A candidate that is shown to fail more than this is rolled back without a comparison, unless stable fails as much.
   */
  readonly maxErrorRate: number;
  /** A request that takes longer than this is slow; milliseconds. */
  readonly latencyBudgetMs: number;
  /** How many minutes after the weight moved caches, pools and compilers warm up. */
  readonly warmUpMinutes: number;
  /** In those minutes, slow requests count against the candidate only beyond this difference. */
  readonly warmUpSlowMargin: number;
  /** The same for failures. */
  readonly warmUpErrorMinutes: number;
  readonly warmUpErrorMargin: number;
  /** The share of the requests that the listener's weights send to the candidate; 1: all of them, or unknown. */
  readonly weight: number;
  /** Share of all requests to which the load balancer itself answers 5xx on an ordinary day. */
  readonly elb5xxRate: number;
}

/**
 * How the tests of one stage share its α: errors cost customers most, and a minute shows least of them, so they get
 * most. Sums to 1.
 */
const ALPHA_SHARE = {
  errors: 0.75,
  slow: 0.15,
  burn: 0.025,
  reach: 0.0125,
  slowReach: 0.0125,
  balancer: 0.05,
} as const;

/** Where the metric store attributes the load balancer's 5xx to a side, two other tests share the part of that one. */
const SHARES = { ...ALPHA_SHARE, vanished: ALPHA_SHARE.balancer / 2, untold: ALPHA_SHARE.balancer / 2 };

/** The threshold of the e-value of one test in one stage. */
export function thresholdOf({ alpha, tests }: GatePolicy, test: keyof typeof SHARES): number {
  return tests / (alpha * SHARES[test]);
}

/** The e-value for its logarithm, limited because JSON has no infinity. */
export function finite(log: number): number {
  return Math.min(Number.MAX_VALUE, Math.exp(log));
}
