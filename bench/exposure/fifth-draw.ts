/**
 * A fifth draw. The right verdict of each trace was written down before any was run and before anything was changed
 * because of it (fifth-draw.md has the results): sticky sessions, slow requests that wander, clients that arrive in
 * batches, sides that meet the same trouble a minute apart, look-backs that are no guide, metrics that are lost when
 * they are needed.
 */
import { known } from '../../core/gate/counts.ts';
import { normal, type Random } from '../../test/support/random.ts';
import { BASE, failingMoreFrom, inMargins, moreErrors, type Regression, steady, type Trace, within } from './traces.ts';

const HOUR = 60;

type Own = NonNullable<Trace['own']>;

/**
 * Each side has its own rate: its logarithm has the standard deviation `sd`, decays to 1/e within `memory` minutes, and
 * the mean is 1.
 */
const apart =
  (sd: number, memory: number): Own =>
  (random) => {
    const kept = Math.exp(-1 / memory);
    const step = (level: number) => kept * level + sd * Math.sqrt(1 - kept ** 2) * normal(random);
    let [stable, candidate] = [sd * normal(random), sd * normal(random)];
    return () => {
      [stable, candidate] = [step(stable), step(candidate)];
      return { stable: Math.exp(stable - sd ** 2 / 2), candidate: Math.exp(candidate - sd ** 2 / 2) };
    };
  };

/** A minute of the run from which something happens once. */
const someMinute = (random: Random) => Math.floor(260 * random());

/**
 * Healthy, so each must be promoted: the difference between the sides is less than half of the margin, over within
 * minutes, or in the candidate's favour.
 */
export const FIFTH_DRAW: readonly Trace[] = [
  {
    name: 'sticky sessions: the share follows the weight within half an hour, and wanders',
    weather: steady(() => 1),
    exposure: {
      minutes: 60,
      share: (weight, sinceShift, minute) => {
        const settled = weight * (1 - 0.6 * Math.exp(-sinceShift / 12));
        const odds = (settled / (1 - settled)) * Math.exp(0.3 * Math.sin(0.9 * minute));
        return weight >= 1 && sinceShift >= 60 ? 1 : odds / (1 + odds);
      },
    },
  },
  {
    name: 'slow requests wander on each side by a quarter, base 2 %',
    weather: steady(() => 1, { slowRate: 0.02 }),
    ownSlow: apart(0.25, 10),
  },
  {
    name: 'each side wanders by a quarter over hours, base 0.5 %',
    weather: steady(() => 1, { errorRate: 0.005 }),
    own: apart(0.25, 120),
  },
  { name: 'all requests of ten minutes come in one', weather: steady((minute) => (minute % 10 === 3 ? 10 : 0)) },
  {
    name: 'a holiday yesterday: a fifth of the traffic, a tenth of the failures',
    yesterday: steady(() => 0.2, { errorRate: BASE.errorRate / 10, slowRate: BASE.slowRate / 4 }),
    weather: steady(() => 1),
  },
  {
    name: 'a feature for everybody at minute 130 makes ten times the failures',
    yesterday: steady(() => 1),
    weather: failingMoreFrom(130, 10),
  },
  {
    name: 'the candidate fails a third as often, base 1 %',
    weather: steady(() => 1, { errorRate: 0.01 }),
    own: () => () => ({ stable: 1, candidate: 1 / 3 }),
  },
  {
    name: "stable's minutes are lost while a neighbour hurts both, three of thirty",
    weather: (_random, rps) => (minute) => ({
      ...BASE,
      requests: 60 * rps,
      errorRate: minute % 30 < 3 ? 0.04 : BASE.errorRate,
    }),
    missing: (minute) => (minute % 30 < 3 ? 'stable' : false),
  },
  { name: 'an hour without any metric from minute 25 on', weather: steady(() => 1), missing: (m) => within(m, 25, 60) },
  {
    name: 'neighbours hurt both sides, each time the one a little more than the other',
    weather: steady(() => 1),
    own: (random) => {
      const offset = Math.floor(45 * random());
      let [stable, candidate] = [6, 6];
      return (minute) => {
        const at = (minute + offset) % 45;
        if (at === 0) [stable, candidate] = [6 * Math.exp(0.2 * normal(random)), 6 * Math.exp(0.2 * normal(random))];
        return at < 10 ? { stable, candidate } : { stable: 1, candidate: 1 };
      };
    },
  },
  {
    name: 'the candidate is slow by 1.2 margins for three minutes of an hour',
    weather: steady(() => 1),
    ownSlow: (random) => {
      const offset = Math.floor(HOUR * random());
      return (minute) => ({ stable: 1, candidate: (minute + offset) % HOUR < 3 ? 7 : 1 });
    },
  },
  {
    name: 'one minute in ten is counted twice',
    weather: steady(() => 1),
    garbled: (counts, minute) =>
      minute % 10 === 7
        ? {
            ...counts,
            requests: 2 * counts.requests,
            answered: 2 * known(counts.answered),
            target5xx: typeof counts.target5xx === 'number' ? 2 * counts.target5xx : counts.target5xx,
            slow: counts.slow === null ? null : 2 * counts.slow,
          }
        : counts,
  },
  {
    name: 'points late by chance, each side by itself, nine minutes at most',
    weather: steady(() => 1),
    late: (random) => () => ({ stable: Math.floor(10 * random()), candidate: Math.floor(10 * random()) }),
  },
  {
    name: 'traffic by microbursts, and failures grow with it',
    weather: (random, rps) => () => {
      const load = Math.min(20, Math.exp(normal(random) - 0.5));
      return {
        requests: Math.round(60 * rps * load),
        errorRate: Math.min(0.05, BASE.errorRate * load),
        slowRate: Math.min(0.2, BASE.slowRate * load),
      };
    },
  },
  {
    name: 'half of the traffic is gone for good from minute 90 on',
    yesterday: steady(() => 1),
    weather: steady((minute) => (minute < 90 ? 1 : 0.5)),
  },
  {
    name: 'both sides fail 5 % for eight minutes, the candidate a minute later',
    weather: steady(() => 1),
    yesterday: steady(() => 1),
    own: (random) => {
      const at = someMinute(random);
      return (minute) => ({
        stable: within(minute, at, 8) ? 50 : 1,
        candidate: within(minute, at + 1, 8) ? 50 : 1,
      });
    },
  },
  {
    name: 'a crowd makes both slow, the candidate a little more',
    weather: (random, rps) => {
      const offset = Math.floor(120 * random());
      return (minute) =>
        (minute + offset) % 120 < 15
          ? { requests: 180 * rps, errorRate: 0.002, slowRate: 0.03 }
          : { ...BASE, requests: 60 * rps };
    },
    ownSlow: () => () => ({ stable: 1, candidate: 1.25 }),
  },
  {
    name: 'nights of eight hours with a hundredth of the traffic',
    weather: (random, rps) => {
      const phase = Math.floor(1_440 * random());
      return (minute) => ({ ...BASE, requests: Math.round(60 * rps * ((minute + phase) % 1_440 < 480 ? 0.01 : 1)) });
    },
  },
  {
    name: 'yesterday an old release failed ten times as often',
    yesterday: steady(() => 1, { errorRate: 0.01 }),
    weather: steady(() => 1),
  },
];

/** Both sides fail for ten minutes; healthy. */
const OUTAGE: Trace = {
  name: 'both sides fail 5 % from minute 100 to 110',
  yesterday: steady(() => 1),
  weather: (_random, rps) => (minute) => ({
    ...BASE,
    requests: 60 * rps,
    errorRate: within(minute, 100, 10) ? 0.05 : BASE.errorRate,
  }),
};
export const RECOVERING: readonly Trace[] = [OUTAGE];

/** At half a request per second and below: each must be promoted. */
export const THINNEST: readonly string[] = [
  'all requests of ten minutes come in one',
  'points late by chance, each side by itself, nine minutes at most',
  'nights of eight hours with a hundredth of the traffic',
  'half of the traffic is gone for good from minute 90 on',
];

/** On steady traffic. All must be rolled back; one that heals after 45 minutes only if 45 minutes show it. */
export function fifthDrawRegressions(errorMargin: number, slowMargin: number): readonly Regression[] {
  const { errors } = inMargins(errorMargin, slowMargin);
  return [
    errors('grows ever more slowly to 4 × margin in 3 h', 4, 0, (since) =>
      Math.min(4, (4 * Math.log1p(since / 5)) / Math.log(37)),
    ),
    {
      name: 'slow requests leak, 4 × margin in 90 min',
      metric: 'slow',
      onset: 0,
      margins: 4,
      excess: (since) => 4 * slowMargin * Math.min(1, since / 90),
    },
    errors('errors 2 × margin from minute 190', 2, 190, () => 2),
    errors('only between a twentieth and half of the traffic, 3 × margin', 3, 0, (_since, share) =>
      share >= 0.05 && share < 0.5 ? 3 : 0,
    ),
    moreErrors('fails wholly for one minute of forty', 5, 0, (since) => (since % 40 === 17 ? 0.9 : 0)),
    {
      ...errors('load balancer answers ever more, 3 × margin in an hour', 3, 0, (s) => 3 * Math.min(1, s / 60)),
      by: 'balancer',
    },
    errors('2 × margin for 45 minutes, then healed', 2, 0, (since) => (since < 45 ? 2 : 0)),
    errors('errors 1.5 × margin', 1.5, 0, () => 1.5),
  ];
}

/** Must be rolled back: an outage of both sides does not excuse failures that continue after it. */
export function neverRecovers(errorMargin: number): Regression {
  return moreErrors('does not recover, 2 × margin', 2, 110, () => 2 * errorMargin);
}
