/**
 * The traffic of one seeded run: the conditions in each minute, and what both sides count for a given share of the
 * candidate. Every minute has its own random stream, so that all policies meet the same customers, whatever they do.
 */
import { known } from '../../core/gate/counts.ts';
import { type LateCount, type MinuteEvidence, type SideCounts, UNKNOWN } from '../../core/model/evidence.ts';
import type { Side } from '../../sides/index.ts';
import { binomial, generator } from '../../test/support/random.ts';
import { HANG_UPS, type Regression, type Trace, type Weather } from './traces.ts';

const MINUTE_MS = 60_000;
/** The share of the requests that may be copied: reads. Assumed. */
const SAFE = 0.8;

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
  /** By how much the candidate fails more than stable, `sinceShift` minutes after the weight moved. */
  excess(minute: number, sinceShift: number, share: number): Excess;
  /** Whether the load balancer has a target of the candidate to send a request to. */
  hasTarget(minute: number, percent: number): boolean;
  /** The full truth about a minute. */
  sample(minute: number, sinceShift: number, percent: number): MinuteEvidence;
  /** The copies of so many percent of the customers' safe requests that stable answers in the soak. */
  copies(minute: number, percent: number): NonNullable<MinuteEvidence['stableCopies']>;
  /** The part of it that the metric store shows `age` minutes after its end. */
  shown(truth: MinuteEvidence, age: number): MinuteEvidence;
}

export function world(cell: Cell, seed: number): World {
  const { trace, regression } = cell;
  const sampled = new Map<number, MinuteEvidence>();
  const coldMinutes = Math.max(
    trace.coldStart?.minutes ?? 0,
    trace.coldErrors?.minutes ?? 0,
    trace.exposure?.minutes ?? 0,
  );
  const own = memo(trace.own?.(generator(mix(seed, 0x1b873593))) ?? (() => ({ stable: 1, candidate: 1 })));
  const ownSlow = memo(trace.ownSlow?.(generator(mix(seed, 0x6a09e667))) ?? (() => ({ stable: 1, candidate: 1 })));
  const late = memo(trace.late?.(generator(mix(seed, 0x3c6ef372))) ?? (() => ({ stable: 0, candidate: 0 })));

  const cluster = memo(trace.clusterIn?.(generator(mix(seed, 0x5bd1e995))) ?? (() => trace.cluster ?? 1));

  const weather = memo<Weather>(trace.weather(generator(mix(seed, 0x5bd1e995)), cell.rps));

  const excess = (minute: number, sinceShift: number, share: number): Excess => {
    const during = <T>(cold: { readonly minutes: number } | undefined, then: T, otherwise: T): T =>
      cold !== undefined && sinceShift < cold.minutes ? then : otherwise;
    const slow = during(trace.coldStart, trace.coldStart?.slow(sinceShift) ?? 0, 0);
    const errors = during(trace.coldErrors, trace.coldErrors?.errors(sinceShift) ?? 0, 0);
    if (regression === null || minute < regression.onset) return { errors, slow };
    const size = regression.excess(minute - regression.onset, share, weather(minute).requests / (60 * cell.rps));
    return regression.metric === 'errors' ? { errors: size + errors, slow } : { errors, slow: size + slow };
  };

  const draw = (minute: number, sinceShift: number, percent: number): MinuteEvidence => {
    const random = generator(mix(seed, minute));
    const share = percent / 100;
    const { requests, errorRate, slowRate } = weather(minute);
    const more = excess(minute, sinceShift, share);
    const exposed = trace.exposure?.share(share, sinceShift, minute) ?? share;
    const n1 = binomial(random, requests, exposed);
    const side = (n: number, errors: number, slow: number): SideCounts => ({
      requests: n,
      target5xx: failures(random, n, errors, cluster(minute)),
      connectionErrors: 0,
      unanswered: 0,
      slow: failures(random, n, slow, trace.cluster ?? 1),
    });
    const [factor, slowFactor] = [own(minute), ownSlow(minute)];
    const by = regression?.by;
    const lost = by === undefined ? 0 : binomial(random, n1, Math.min(1, more.errors));
    const candidateErrors = errorRate * factor.candidate + (by === undefined ? more.errors : 0);
    const refused = by === 'refused' ? lost : 0;
    // Requests for which the load balancer had a target.
    const counted = by === 'refused' || by === 'vanished' ? 0 : lost;
    // Nothing answers what is lost, so none of it has a status or a time.
    const reached = side(n1 - lost, candidateErrors, slowRate * slowFactor.candidate + more.slow);
    const answered = { ...reached, requests: reached.requests + counted };
    const control = exposed < 1 ? side(requests - n1, errorRate * factor.stable, slowRate * slowFactor.stable) : null;
    const candidate = {
      ...answered,
      connectionErrors: refused,
      unanswered: by === 'nobody' ? 0 : lost,
      target5xxAtMost: atMost(random, reached, trace, minute) + counted,
    };
    const stable = control === null ? null : { ...control, target5xxAtMost: atMost(random, control, trace, minute) };
    const others = trace.foreign?.(minute, cell.rps) ?? { elb5xx: 0, requests: 0 };
    return {
      minute: minute * MINUTE_MS,
      stable,
      candidate,
      elb5xx: (by === 'nobody' ? 0 : lost) + others.elb5xx,
      loadBalancerRequests: requests - (by === 'vanished' ? lost : 0) + others.requests,
    };
  };

  const shown = (truth: MinuteEvidence, age: number): MinuteEvidence => {
    const minute = truth.minute / MINUTE_MS;
    const missing = trace.missing?.(minute) ?? false;
    if (missing === true) return { ...truth, stable: null, candidate: null };
    const withheld = trace.withheld?.(minute) ?? { stable: 0, candidate: 0 };
    const isAbsent = (name: Side) => missing === name || age < withheld[name];
    const delays = late(minute);
    // The metric store has no zeros: an absent point may be a zero, or late.
    const point = (value: LateCount, delay = 0): LateCount => (value === 0 || age < delay ? UNKNOWN : value);
    const elb5xx = point(truth.elb5xx);
    const side = (name: Side): SideCounts | null => {
      const truthOf = truth[name];
      if (truthOf === null || isAbsent(name)) return null;
      const countedAll = countedSoFar(truthOf, trace.counted?.(age, name));
      const isLost = trace.answersLost?.(minute, name) === true;
      const { target5xxAtMost: _lost, ...known5xx } = countedAll;
      const counts: SideCounts = isLost ? known5xx : countedAll;
      const open = (counts.target5xxAtMost ?? 0) - known(counts.target5xx);
      const seen: SideCounts = {
        ...counts,
        answered: isLost ? UNKNOWN : Math.max(0, counts.requests - (counts.target5xxAtMost ?? 0)),
        target5xx: point(counts.target5xx, delays[name]),
        connectionErrors: point(counts.connectionErrors),
        // Nobody says whose requests the load balancer answered: the reader takes as many for a side's as it left
        // without an answer.
        unanswered: elb5xx === UNKNOWN || isLost ? UNKNOWN : Math.min(elb5xx, open),
      };
      return trace.garbled?.(seen, minute, name) ?? seen;
    };
    return { ...truth, stable: side('stable'), candidate: side('candidate'), elb5xx };
  };

  return {
    cell,
    seed,
    copies(minute, percent) {
      const random = generator(mix(mix(seed, 0x9b05688c), minute));
      const { requests, errorRate } = weather(minute);
      const answered = binomial(random, requests, SAFE * (percent / 100));
      const more = trace.copiesFail?.(minute) ?? 0;
      return { answered, failed: binomial(random, answered, Math.min(1, errorRate * own(minute).stable + more)) };
    },
    weather,
    excess,
    shown,
    hasTarget(minute, percent) {
      const isGone = regression?.by === 'vanished' && minute >= regression.onset;
      return !(isGone && excess(minute, 0, percent / 100).errors >= 1);
    },
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

/** The largest 5xx count that the points of a target's other answers allow. */
function atMost(
  random: () => number,
  { requests, target5xx }: SideCounts,
  { hangUps = HANG_UPS, hangUpsIn, hangUpsAtATime = 1 }: Trace,
  minute: number,
): number {
  const times = requests / hangUpsAtATime;
  const clients = hangUpsAtATime === 1 ? requests : Math.floor(times + random());
  const givenUp = hangUpsAtATime * binomial(random, clients, hangUpsIn?.(minute) ?? hangUps);
  return Math.min(requests, known(target5xx) + givenUp);
}

/** What the metric store has counted for a side by now. */
function countedSoFar(
  counts: SideCounts,
  part: { readonly requests: number; readonly failures: number } = { requests: 1, failures: 1 },
): SideCounts {
  const [requests, failing] = [
    Math.round(counts.requests * part.requests),
    Math.round(known(counts.target5xx) * part.failures),
  ];
  const unaccounted = (counts.target5xxAtMost ?? 0) - known(counts.target5xx);
  return {
    ...counts,
    requests,
    target5xx: failing,
    target5xxAtMost: failing + Math.round(unaccounted * part.requests),
    slow: Math.round((counts.slow ?? 0) * part.failures),
  };
}

/** Minute by minute, each drawn once and in order. */
function memo<T>(next: (minute: number) => T): (minute: number) => T {
  const drawn: T[] = [];
  return (minute) => {
    while (drawn.length <= minute) drawn.push(next(drawn.length));
    return drawn[minute] as T;
  };
}

/** Failures that occur `size` at a time. */
export function failures(random: () => number, n: number, rate: number, size: number): number {
  return size * binomial(random, Math.floor(n / size), Math.min(1, rate));
}

/** A 32-bit seed from two numbers (the finaliser of MurmurHash3). */
export function mix(a: number, b: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b + 0x7f4a7c15, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
