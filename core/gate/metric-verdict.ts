/** One metric of a stage: whether the candidate is shown to be worse, or shown to be within the margin. */
import type { MinuteEvidence } from '../model/index.ts';
import {
  byCause,
  byNoise,
  firstFailure,
  logMixExp,
  lowerBound,
  median,
  NO_WARM_UP,
  type Onset,
  type Pair,
  type RateTolerance,
  refutation,
  SHAKEN,
  summed,
  upperBound,
  type WarmUp,
  withinMargin,
  worse,
} from './bets/index.ts';
import { CHANCE, type Pick, pairs, rate, reachedBy, sharesOf } from './counts.ts';
import { leastDifference, MATTERS } from './least-difference.ts';
import { finite, type GatePolicy, thresholdOf } from './policy.ts';

export interface MetricVerdict {
  readonly metric: 'errors' | 'slow';
  readonly verdict: 'worse' | 'within margin' | 'undecided';
  /** Evidence for "worse", and the threshold of the e-value. */
  readonly eValue: number;
  readonly threshold: number;
  /** Evidence for "worse by less than the margin", and the threshold of the e-value. */
  readonly withinEValue: number;
  readonly withinThreshold: number;
  readonly margin: number;
  /** Bounds on candidate − stable, each valid for all evaluations of the stage at once. */
  readonly lower: number;
  readonly upper: number;
  readonly stableRate: number;
  readonly candidateRate: number;
  /** The kind of evidence: counts, or percentiles if slow requests are not counted. */
  readonly by: 'counts' | 'percentiles';
}

/** A way to count the failures of both sides in each minute; null for a minute that cannot be compared. */
export interface CountedEvidence {
  readonly pairs: readonly (Pair | null)[];
  /** Its part of the stake. The parts sum to 1 and do not depend on the counts. */
  readonly stake: number;
  /** @default that of the metric */
  readonly tolerance?: RateTolerance;
}

export interface Question {
  readonly metric: MetricVerdict['metric'];
  /** Minutes with complete counts. */
  readonly minutes: readonly MinuteEvidence[];
  readonly pick: Pick;
  /** The kinds of evidence against the candidate, each with a part of the stake. */
  readonly against: readonly CountedEvidence[];
}

/**
 * From this e-value on, "worse" is suspected. A candidate that was fine for most of a stage must not pass on its
 * average.
 */
const SUSPICION = 3;
/** For this long after an incident of stable, the incident is not left out, because it may not be over. */
const CALM_MINUTES = 10;
/** Factor by which the candidate's requests for each of stable's may be more than usual. */
const CROWD = 1.5;
/** From how many minutes on the usual share is known; before, it is the weight. */
const USUAL_MINUTES = 30;
/** Minutes of stable this many times above its mean rate are rare. */
const RARE = 10;
/** Fewer failures of stable in a minute may be chance. */
const SURELY_FAILURES = 10;

/** The verdict on one metric of the two sides, on the same minutes. */
export function judgeMetric({ metric, minutes, pick, against }: Question, policy: GatePolicy): MetricVerdict {
  const asked = ASKED[metric](policy);
  const { margin, warmUp } = asked;
  const weigh = (compared: readonly (Pair | null)[]) =>
    byNoise(compared, asked.noise, asked.before).map((pair) => (pair === null ? null : byCause(pair, asked.burst)));
  const isShaken = (pair: Pair | null) => pair !== null && pair.x0 > asked.incident * pair.n0;
  const isOrdinary = (pair: Pair | null) => pair !== null && pair.x1 <= reachedBy(asked.spell * pair.n1);
  const [threshold, withinThreshold] = [thresholdOf(policy, metric), 1 / policy.beta];
  const bets = against.map((counting): Bet => {
    const weighed = weigh(counting.pairs);
    const incident = lasting(counting.pairs, isShaken);
    const crowd = crowds(counting.pairs, asked.reached, policy.weight);
    const most = counting.pairs.map((pair, i) => {
      if (crowd[i] === true) return 0;
      if (incident[i] === true || isOrdinary(pair)) return SHAKEN;
      if (metric === 'slow' || pair === null) return Number.POSITIVE_INFINITY;
      return mostOfOne(pair.x1, pair.n1, policy, threshold);
    });
    const tolerance = counting.tolerance ?? asked.tolerance;
    return { ...counting, weighed, most, ...worse(weighed, warmUp, tolerance, most, smallestOf(asked)) };
  });
  const logE = logMixExp(bets.map((bet) => ({ log: bet.logE, weight: bet.stake })));
  const counted = pairs(minutes, pick);
  const excused = crowds(counted, asked.reached, policy.weight);
  const own = weigh(counted.map((pair, i) => (excused[i] === true ? null : pair)));
  const complete = known(own.slice(warmUp.minutes));
  const isOver = !complete.slice(-CALM_MINUTES).some(isShaken);
  const apart = isOver ? asked.incident : Number.POSITIVE_INFINITY;
  const refuted = refutation(complete, apart);
  const within = refuted(margin);
  const told = isOver ? minutes.filter((_, i) => !isShaken(counted[i] ?? null)) : minutes;
  const leader = leaderOf(bets);
  const weighed = leader?.weighed ?? [];
  const since = (from: number) => known(weighed.slice(from));
  const onset = firstFailure(weighed, leader?.onset ?? 0);
  // The plan allows a difference below the margin. A difference that exists, but appears or is shown to be smaller, is
  // no reason to roll back. Until the gate can tell, it holds.
  const isSuspected = logE >= Math.log(Math.min(SUSPICION, threshold));
  const harmless =
    isSuspected && withinMargin(since(Math.max(onset, warmUp.minutes)), margin) >= Math.log(withinThreshold);
  const asksOf = (from: number) => leastDifference(weighed.length - from, summed(since(from)), margin);
  const observed = differenceOf(since(onset));
  // A warm-up is no evidence that a difference exists, but it shows how long an existing one has lasted: since the
  // stage began.
  const isOnset = warmUp.minutes > 0 && leader?.onset === warmUp.minutes;
  const fromStart = isOnset ? Math.min(observed, differenceOf(known(weighed.slice(0, warmUp.minutes)))) : 0;
  const matters = !harmless && (observed >= asksOf(onset) || fromStart >= asksOf(0));
  const called = logE >= Math.log(threshold) && (matters || (leader !== null && hasGrown(leader, asked)));
  // While nothing is left out, all of the evidence decides together, including the half of the stake for the other
  // minutes.
  const shares = sharesOf(told, pick, pick);
  const enough = Math.log(withinThreshold) + (isOver || !complete.some(isShaken) ? 0 : Math.LN2);
  const passes = within >= enough && (logE < Math.log(SUSPICION) || harmless);
  return {
    metric,
    verdict: called ? 'worse' : passes ? 'within margin' : 'undecided',
    eValue: finite(logE),
    threshold,
    withinEValue: finite(within),
    withinThreshold,
    margin,
    lower: lowerBound(known(called && leader !== null ? leader.weighed : complete), 1 / threshold),
    upper: upperBound(refuted, policy.beta),
    // If the candidate is called worse, the rates on which the call rests, which may include incomplete minutes.
    ...(called && leader !== null
      ? ratesOf(known(leader.pairs))
      : { stableRate: shares.stable ?? 0, candidateRate: shares.candidate }),
    by: 'counts',
  };
}

/**
 * ln of the most that a minute in which the candidate fails so many adds. Where stable itself has such a minute now and
 * then, far above its mean, one such minute does not decide, and the next one tells a restart from an outage.
 */
export function mostOfOne(
  failed: number,
  requests: number,
  { errorSpike, errorRate }: GatePolicy,
  threshold: number,
): number {
  const isRestart = errorSpike >= RARE * errorRate && failed <= reachedBy(errorSpike * requests);
  return isRestart ? Math.log(threshold) : Number.POSITIVE_INFINITY;
}

/**
 * Minutes that bring the candidate far more than its usual share of the requests, and fail no more than stable's
 * minutes reach: a client keeps to its connections for a batch, and its failures are its own. Without them the rest
 * decides.
 */
function crowds(compared: readonly (Pair | null)[], reached: number, weight: number): boolean[] {
  if (reached === 0) return [];
  const shares = known(compared).map(({ n0, n1 }) => n1 / (n0 + n1));
  const usual = shares.length < USUAL_MINUTES ? weight : Math.max(weight, median(shares));
  const most = (CROWD * usual) / (1 - usual + CROWD * usual);
  return compared.map((pair) => {
    if (pair === null) return false;
    const expected = most * (pair.n0 + pair.n1);
    const isCrowd = pair.n1 > expected + CHANCE * Math.sqrt(expected * (1 - most));
    return isCrowd && pair.x1 <= reachedBy(reached * pair.n1);
  });
}

/**
 * An incident does not end with a minute in which stable happens to fail less, but some minutes after the last one that
 * surely belonged to it.
 */
function lasting(compared: readonly (Pair | null)[], isShaken: (pair: Pair | null) => boolean): boolean[] {
  let until = -1;
  return compared.map((pair, i) => {
    const shaken = isShaken(pair);
    const lasts = shaken || i <= until;
    if (shaken && (pair?.x0 ?? 0) >= SURELY_FAILURES) until = i + CALM_MINUTES;
    return lasts;
  });
}

/**
 * How many of the last minutes are examined. Fewer may be a task that restarts; for more, the mean since the onset
 * suffices.
 */
const GROWN_MINUTES = { least: 3, most: 10 } as const;
/**
 * The e-value of such minutes against "worse by half of the margin". There are many candidates for them, and some show
 * more by chance than there is.
 */
const SURELY_GROWN = 5;

/**
 * A growing difference is larger than its mean since the onset, which would react only after the mean has grown.
 * Whether some of the last minutes alone show a difference that justifies a rollback.
 */
function hasGrown({ weighed, most, onset }: Bet, asked: Asked): boolean {
  const tolerance = { ratio: 1, absolute: MATTERS * asked.margin };
  const oldest = Math.max(onset, 2 * asked.warmUp.minutes, weighed.length - GROWN_MINUTES.most);
  for (let from = weighed.length - GROWN_MINUTES.least; from >= oldest; from--) {
    const recent = weighed.slice(from);
    if (differenceOf(known(recent)) < leastDifference(recent.length, summed(known(recent)), asked.margin)) continue;
    const { logE } = worse(recent, NO_WARM_UP, tolerance, most.slice(from), smallestOf(asked));
    if (logE >= Math.log(SURELY_GROWN)) return true;
  }
  return false;
}

function smallestOf({ margin, before }: Asked): number {
  return 1 + margin / before;
}

interface Asked {
  readonly margin: number;
  readonly burst: number;
  readonly noise: number;
  readonly before: number;
  readonly incident: number;
  /**
   * 0 for failures: sudden changes over minutes nearly always affect both sides, and a regression would cost two thirds
   * more.
   */
  readonly spell: number;
  /** 0 for slow requests: slow minutes have their own rule. */
  readonly reached: number;
  readonly tolerance: RateTolerance;
  readonly warmUp: WarmUp;
}

const ASKED: Readonly<Record<MetricVerdict['metric'], (policy: GatePolicy) => Asked>> = {
  errors: (p) => ({
    margin: p.errorMargin,
    burst: p.errorBurst,
    noise: p.errorNoise,
    before: p.errorRate,
    incident: p.errorIncident,
    spell: 0,
    reached: p.errorReached,
    tolerance: p.errorTolerance,
    warmUp: { minutes: p.warmUpErrorMinutes, allowance: p.warmUpErrorMargin },
  }),
  slow: (p) => ({
    margin: p.slowMargin,
    burst: p.slowBurst,
    noise: p.slowNoise,
    before: p.slowRate,
    incident: p.slowIncident,
    spell: p.slowSpell,
    reached: 0,
    tolerance: p.slowTolerance,
    // Caches fill ever more slowly, so a small difference may remain when the warm-up is over.
    warmUp: { minutes: p.warmUpMinutes, allowance: p.warmUpSlowMargin, left: MATTERS * p.slowMargin },
  }),
};

interface Bet extends CountedEvidence, Onset {
  /** The pairs as they are weighed: by cause, and reduced for noise. */
  readonly weighed: readonly (Pair | null)[];
  /** ln of the most that each minute adds: some do not decide alone. */
  readonly most: readonly number[];
}

/** The kind of counts with the most evidence. */
function leaderOf(bets: readonly Bet[]): Bet | null {
  const worth = (bet: Bet) => bet.logE + Math.log(bet.stake);
  return bets.reduce<Bet | null>((best, bet) => (best === null || worth(bet) > worth(best) ? bet : best), null);
}

function known(compared: readonly (Pair | null)[]): Pair[] {
  return compared.filter((pair) => pair !== null);
}

function differenceOf(compared: readonly Pair[]): number {
  const { candidateRate, stableRate } = ratesOf(compared);
  return candidateRate - stableRate;
}

function ratesOf(compared: readonly Pair[]): { readonly stableRate: number; readonly candidateRate: number } {
  const { n0, x0, n1, x1 } = summed(compared);
  return { stableRate: rate(x0, n0), candidateRate: rate(x1, n1) };
}
