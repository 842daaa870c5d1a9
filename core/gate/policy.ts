import type { RateTolerance } from './bets/index.ts';

/** What the gate is asked to show, and how sure it must be. Rates are shares of requests, 0 to 1. */
export interface GatePolicy {
  /** Chance, over the whole cutover, that a healthy candidate is called worse. */
  readonly alpha: number;
  /** Chance, in each stage, that a candidate worse by a margin or more is found to be within it. */
  readonly beta: number;
  /** This stage has one part in so many of `alpha`; over all stages, the soak included, the parts sum to at most one. */
  readonly tests: number;
  /** The candidate advances when it is shown to be worse by less than this. */
  readonly errorMargin: number;
  readonly slowMargin: number;
  /** Failures, and slow requests, that one cause makes at a time at most; 1: each has its own. */
  readonly errorBurst: number;
  readonly slowBurst: number;
  /** How much oftener the candidate may fail, or be slow, without any of it speaking against it. */
  readonly errorTolerance: RateTolerance;
  readonly slowTolerance: RateTolerance;
  /** How far each side's rate wanders by itself: standard deviation of its logarithm, 0 when it does not. */
  readonly errorNoise: number;
  readonly slowNoise: number;
  /** The stable side's ordinary rates of before: what its noise is a part of, before the stage has shown a rate. */
  readonly errorRate: number;
  readonly slowRate: number;
  /**
   * Above these shares the stable side has an incident of its own. How failures clump then nobody has measured, so a minute of it weighs as one piece of
   * evidence against the candidate, however much it shows. Infinity: not known.
   */
  readonly errorIncident: number;
  readonly slowIncident: number;
  /**
   * Up to this share a minute is like those of the spells that the stable side ordinarily has (a collection of garbage, a job, a neighbour). The candidate has such spells at minutes of
   * its own, so a minute of it weighs as one piece of evidence. 0: the look-back has none.
   */
  readonly slowSpell: number;
  /**
   * Where most requests are the candidate's: what the stable side's minutes reached before, and the margin. Infinity: not known, or a stage in which the stable
   * side has as many.
   */
  readonly errorReach: number;
  readonly slowReach: number;
  /** Candidate requests in the stage before its gate may pass. */
  readonly minRequests: number;
  /** A candidate shown to fail more than this is rolled back without a comparison, unless the stable side does too. */
  readonly maxErrorRate: number;
  /** A request slower than this is slow. Milliseconds. */
  readonly latencyBudgetMs: number;
  /** Minutes after the weight moved in which caches, pools and compilers warm up. */
  readonly warmUpMinutes: number;
  /** In those minutes slow requests speak against the candidate only beyond this difference. */
  readonly warmUpSlowMargin: number;
  /** The same for failures. */
  readonly warmUpErrorMinutes: number;
  readonly warmUpErrorMargin: number;
  /** 5xx that the load balancer itself makes on an ordinary day, as a share of all requests. */
  readonly elb5xxRate: number;
}

/** How the tests of one stage share its α: errors cost customers most, and a minute shows least of them, so they get most. Sums to 1. */
export const ALPHA_SHARE = {
  errors: 0.75,
  slow: 0.15,
  burn: 0.025,
  reach: 0.0125,
  slowReach: 0.0125,
  balancer: 0.05,
} as const;

/** The e-value at which a test of one stage calls. */
export function thresholdOf({ alpha, tests }: GatePolicy, test: keyof typeof ALPHA_SHARE): number {
  return tests / (alpha * ALPHA_SHARE[test]);
}

/** An e-value of its logarithm; JSON knows no infinity. */
export function finite(log: number): number {
  return Math.min(Number.MAX_VALUE, Math.exp(log));
}
