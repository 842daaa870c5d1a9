/**
 * One seeded run's traffic: what the weather is in each minute, and what both sides count when the candidate has a share of
 * it. Every minute has its own random stream, so that all policies meet the same customers, whatever they do.
 */
import type { MinuteEvidence, SideCounts } from '../../core/model/evidence.ts';
import { binomial, generator } from '../../test/support/random.ts';
import type { Regression, Trace, Weather } from './traces.ts';

export interface Cell {
  readonly trace: Trace;
  readonly rps: number;
  readonly regression: Regression | null;
}

export interface Excess {
  readonly errors: number;
  readonly slow: number;
}

export interface World {
  readonly cell: Cell;
  readonly seed: number;
  weather(minute: number): Weather;
  /** What the candidate fails beyond the stable side, `sinceShift` minutes after the weight moved. */
  excess(minute: number, sinceShift: number, share: number): Excess;
  sample(minute: number, sinceShift: number, percent: number): MinuteEvidence;
}

export function world(cell: Cell, seed: number): World {
  const { trace, regression } = cell;
  const drawn: Weather[] = [];
  const next = trace.weather(generator(mix(seed, 0x5bd1e995)), cell.rps);
  const sampled = new Map<number, MinuteEvidence>();
  const coldMinutes = trace.coldStart?.minutes ?? 0;

  const weather = (minute: number): Weather => {
    while (drawn.length <= minute) drawn.push(next(drawn.length));
    return drawn[minute] as Weather;
  };

  const excess = (minute: number, sinceShift: number, share: number): Excess => {
    const cold = sinceShift < coldMinutes ? (trace.coldStart?.slow(sinceShift) ?? 0) : 0;
    if (regression === null || minute < regression.onset) return { errors: 0, slow: cold };
    const size = regression.excess(minute - regression.onset, share);
    return regression.metric === 'errors' ? { errors: size, slow: cold } : { errors: 0, slow: size + cold };
  };

  const draw = (minute: number, sinceShift: number, percent: number): MinuteEvidence => {
    const random = generator(mix(seed, minute));
    const share = percent / 100;
    const { requests, errorRate, slowRate } = weather(minute);
    const more = excess(minute, sinceShift, share);
    const n1 = binomial(random, requests, share);
    const side = (n: number, errors: number, slow: number): SideCounts => ({
      requests: n,
      target5xx: failures(random, n, errors, trace.cluster ?? 1),
      connectionErrors: 0,
      slow: failures(random, n, slow, trace.cluster ?? 1),
    });
    const candidate = side(n1, errorRate + more.errors, slowRate + more.slow);
    const stable = share < 1 ? side(requests - n1, errorRate, slowRate) : null;
    return { minute, stable, candidate, elb5xx: 0 };
  };

  return {
    cell,
    seed,
    weather,
    excess,
    sample(minute, sinceShift, percent) {
      const key = (minute * 1_001 + Math.round(percent * 10)) * 64 + Math.min(sinceShift, coldMinutes);
      const known = sampled.get(key);
      if (known !== undefined) return known;
      const fresh = draw(minute, sinceShift, percent);
      sampled.set(key, fresh);
      return fresh;
    },
  };
}

/** Failures that come `size` at a time. */
export function failures(random: () => number, n: number, rate: number, size: number): number {
  return size * binomial(random, Math.floor(n / size), Math.min(1, rate));
}

/** A 32-bit seed out of two numbers (the finaliser of MurmurHash3). */
export function mix(a: number, b: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b + 0x7f4a7c15, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
