/** Computes how much evidence a stage needs. */
import { noiseSize, WITHIN_BETS } from './bets/index.ts';
import type { GatePolicy } from './policy.ts';

/**
 * How many standard deviations of bad luck are allowed for: with 2, a healthy candidate passes by then with a
 * probability of about 97.5 %.
 */
const LUCK = 2;

export interface BaseRates {
  /** Of stable, 0 to 1. */
  readonly errorRate: number;
  /** null if slow requests are not counted. */
  readonly slowRate: number | null;
  /** How much these rates wander by themselves (`BaselineSummary`). @default not at all */
  readonly errorNoise?: number | null | undefined;
  readonly slowNoise?: number | null | undefined;
}

/**
 * The number of candidate requests after which a candidate that is as good as stable has probably (see {@link LUCK})
 * been shown to be within the margins.
 * @param share of the candidate in the requests, between 0 and 1
 * @param perMinute requests of both sides
 */
export function requestsNeeded(policy: GatePolicy, rates: BaseRates, share: number, perMinute: number): number {
  const ratio = share / (1 - share);
  const needed = (margin: number, rate: number, burst: number, noise: number) => {
    const size = noise === 0 ? 1 : noiseSize(noise, rate, share * perMinute, (1 - share) * perMinute);
    return Math.ceil(burst * size * neededFor(policy.beta, margin, rate, ratio));
  };
  return Math.max(
    policy.minRequests,
    needed(policy.errorMargin, rates.errorRate, policy.errorBurst, rates.errorNoise ?? 0),
    rates.slowRate === null ? 0 : needed(policy.slowMargin, rates.slowRate, policy.slowBurst, rates.slowNoise ?? 0),
  );
}

/** The same for a comparison with a fixed rate. */
export function requestsNeededAlone(policy: GatePolicy, { errorRate, slowRate }: BaseRates): number {
  return requestsNeeded(policy, { errorRate, slowRate }, 1e-9, 0);
}

/**
 * The number of requests if each failure has its own cause: the best bet's drift per request and its variance, compared
 * with what the mixture must gain.
 */
function neededFor(beta: number, margin: number, rate: number, ratio: number): number {
  return Math.ceil(
    Math.min(
      ...WITHIN_BETS.map(({ a, weight }) => {
        const target = Math.log(1 / (weight * beta));
        const [fail, pass] = [Math.log(a), Math.log1p(ratio * (1 - a))];
        const drift = margin * (1 - a) + rate * (fail + pass / ratio);
        if (drift <= 0) return Number.POSITIVE_INFINITY;
        const spread = LUCK * Math.sqrt(rate * (fail ** 2 + pass ** 2 / ratio));
        return ((spread + Math.sqrt(spread ** 2 + 4 * drift * target)) / (2 * drift)) ** 2;
      }),
    ),
  );
}
