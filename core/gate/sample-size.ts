/** How much evidence a stage takes. */
import { noiseSize, WITHIN_BETS } from './bets/index.ts';
import type { GatePolicy } from './policy.ts';

/** Standard deviations of luck allowed for: 2 is a chance of about 97.5 % that a healthy candidate passes by then. */
const LUCK = 2;

export interface BaseRates {
  /** Of the stable side, 0 to 1. */
  readonly errorRate: number;
  /** Null where slow requests are not counted. */
  readonly slowRate: number | null;
  /** How far these rates wander by themselves (`BaselineSummary`). @default they do not */
  readonly errorNoise?: number | null | undefined;
  readonly slowNoise?: number | null | undefined;
}

/**
 * Candidate requests after which a candidate as good as the stable side has probably (see {@link LUCK}) shown that it is
 * worse by less than the margins. `share` is the candidate's share of the requests, above 0 and below 1.
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

/** The same where the rate is compared with a fixed one. */
export function requestsNeededAlone(policy: GatePolicy, { errorRate, slowRate }: BaseRates): number {
  return requestsNeeded(policy, { errorRate, slowRate }, 1e-9, 0);
}

/** Requests where each failure has a cause of its own: the best bet's drift per request, and its variance, against what the mixture must win. */
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
