/**
 * A sixth draw. The right verdict of each trace was written down before any was run and before anything was changed
 * because of it (sixth-draw.md has the results): what a stranger would try first. Deployments of dependencies, garbage
 * collections, clocks, weekends, zones, points that are late on one side, alarms without data, nights, bots, retries.
 */
import { normal, type Random } from '../../test/support/random.ts';
import { BASE, failingMoreFrom, inMargins, moreErrors, type Regression, steady, type Trace, within } from './traces.ts';

const HOUR = 60;

export type Own = NonNullable<Trace['own']>;

/**
 * Each side by its own clock: `times` as much for `length` minutes of every `period`, the candidate's later by a given
 * number of minutes.
 */
export const byClock =
  (times: number, length: number, period: number, later: number): Own =>
  (random) => {
    const offset = Math.floor(period * random());
    const at = (minute: number) => ((minute % period) + period) % period < length;
    return (minute) => ({
      stable: at(minute + offset) ? times : 1,
      candidate: at(minute + offset - later) ? times : 1,
    });
  };

/** Each side independently, in any minute with the same probability. */
const byChance =
  (times: number, chance: number): Own =>
  (random) =>
  () => ({ stable: random() < chance ? times : 1, candidate: random() < chance ? times : 1 });

/** One spell of both sides, at an unknown minute of the run. */
export const spell =
  (length: number, within_: Partial<{ load: number; errorRate: number; slowRate: number }>): Trace['weather'] =>
  (random: Random, rps: number) => {
    const at = 20 + Math.floor(230 * random());
    return (minute) => {
      const on = within(minute, at, length);
      const { load = 1, errorRate = BASE.errorRate, slowRate = BASE.slowRate } = on ? within_ : {};
      return { requests: Math.round(60 * rps * load), errorRate, slowRate };
    };
  };

/** Healthy, so each must be promoted: the sides are equal on average, or differ by less than half of the margin. */
export const SIXTH_DRAW: readonly Trace[] = [
  {
    name: 'a dependency is deployed every two hours, both fail 3 % for two minutes',
    weather: (random, rps) => {
      const offset = Math.floor(120 * random());
      return (minute) => ({
        requests: 60 * rps,
        errorRate: (minute + offset) % 120 < 2 ? 0.03 : BASE.errorRate,
        slowRate: (minute + offset) % 120 < 2 ? 0.1 : BASE.slowRate,
      });
    },
  },
  {
    name: 'garbage is collected on each side for itself, 6 % slow in a minute of five',
    weather: steady(() => 1),
    ownSlow: byChance(15, 0.2),
  },
  {
    name: 'a job of the stable side alone, four minutes of the hour',
    weather: steady(() => 1),
    own: (random) => {
      const offset = Math.floor(HOUR * random());
      return (minute) => ({ stable: (minute + offset) % HOUR < 4 ? 10 : 1, candidate: 1 });
    },
  },
  {
    name: 'a job of each side three minutes of the hour, the candidate two minutes behind',
    weather: steady(() => 1),
    own: byClock(5, 3, HOUR, 2),
  },
  {
    name: 'caches are renewed each quarter of an hour, the candidate a minute behind',
    weather: steady(() => 1),
    ownSlow: byClock(4, 1, 15, 1),
  },
  {
    name: 'the week begins: five times the traffic within two hours, twice the failures',
    yesterday: steady(() => 0.2),
    weather: (_random, rps) => (minute) => {
      const grown = Math.min(1, minute / 120);
      return {
        requests: Math.round(60 * rps * (0.2 + 0.8 * grown)),
        errorRate: BASE.errorRate * (1 + grown),
        slowRate: BASE.slowRate * (1 + grown),
      };
    },
  },
  {
    name: 'a zone is browned out for 25 minutes, a third of stable in it and a little more of the candidate',
    yesterday: steady(() => 1),
    weather: spell(25, { errorRate: 0.02, slowRate: 0.1 }),
    own: () => () => ({ stable: 1, candidate: 1.08 }),
    ownSlow: () => () => ({ stable: 1, candidate: 1.08 }),
  },
  {
    name: 'a tenth of the traffic from minute 75 on',
    yesterday: steady(() => 1),
    weather: steady((minute) => (minute < 75 ? 1 : 0.1)),
  },
  {
    name: "stable's points three minutes late, the candidate's seven",
    weather: steady(() => 1),
    late: () => () => ({ stable: 3, candidate: 7 }),
  },
  {
    name: 'points of the one side eight minutes late for half an hour, then of the other',
    weather: steady(() => 1),
    late: () => (minute) =>
      Math.floor(minute / 30) % 2 === 0 ? { stable: 8, candidate: 0 } : { stable: 0, candidate: 8 },
  },
  {
    name: 'alarms have no data in three minutes of ten',
    weather: steady(() => 1),
    alarmsBlind: (minute) => minute % 10 < 3,
  },
  {
    name: 'nothing is published for six minutes of 45, alarms blind as well',
    weather: steady(() => 1),
    missing: (minute) => minute % 45 >= 39,
    alarmsBlind: (minute) => minute % 45 >= 39,
  },
  {
    name: 'failures are booked a minute late, each side at minutes of its own',
    weather: steady(() => 1),
    own: () => (minute) => ({
      stable: minute % 12 === 5 ? 0 : minute % 12 === 6 ? 2 : 1,
      candidate: minute % 12 === 8 ? 0 : minute % 12 === 9 ? 2 : 1,
    }),
  },
  {
    name: 'a night of six hours without a request begins in mid-run',
    weather: (random, rps) => {
      const at = 90 + Math.floor(100 * random());
      return (minute) => ({ ...BASE, requests: within(minute % 1_440, at, 360) ? 0 : 60 * rps });
    },
  },
  {
    name: 'bots with 4xx triple the traffic for twenty minutes, none of theirs is a 5xx',
    yesterday: steady(() => 1),
    weather: spell(20, { load: 3, errorRate: BASE.errorRate / 3, slowRate: BASE.slowRate / 3 }),
  },
  {
    name: 'bots with 4xx keep to the candidate, half of its traffic for half an hour',
    weather: steady(() => 1),
    own: (random) => {
      const at = 20 + Math.floor(230 * random());
      return (minute) => ({ stable: 1, candidate: within(minute, at, 30) ? 0.5 : 1 });
    },
    ownSlow: (random) => {
      const at = 20 + Math.floor(230 * random());
      return (minute) => ({ stable: 1, candidate: within(minute, at, 30) ? 0.5 : 1 });
    },
  },
  {
    name: 'twice the failures for everybody from minute 45 on',
    yesterday: steady(() => 1),
    weather: failingMoreFrom(45, 2),
  },
  {
    name: 'lunch: a third of the traffic for an hour, twice the failures',
    yesterday: steady(() => 1),
    weather: spell(60, { load: 1 / 3, errorRate: 2 * BASE.errorRate }),
  },
  {
    name: 'slow requests wander on each side by a third within minutes, base 1 %',
    weather: steady(() => 1, { slowRate: 0.01 }),
    ownSlow: (random) => {
      const [kept, sd] = [0.8, 0.35];
      const step = (level: number) => kept * level + sd * Math.sqrt(1 - kept ** 2) * normal(random);
      let [stable, candidate] = [sd * normal(random), sd * normal(random)];
      return () => {
        [stable, candidate] = [step(stable), step(candidate)];
        return { stable: Math.exp(stable - sd ** 2 / 2), candidate: Math.exp(candidate - sd ** 2 / 2) };
      };
    },
  },
  {
    name: 'a dependency fails 10 % for six minutes, everybody tries twice and doubles the traffic',
    yesterday: steady(() => 1),
    weather: (_random, rps) => (minute) =>
      within(minute, 85, 6) ? { requests: 120 * rps, errorRate: 0.1, slowRate: 0.05 } : { ...BASE, requests: 60 * rps },
    clusterIn: () => (minute) => (within(minute, 85, 6) ? 2 : 1),
  },
  {
    name: 'connections stay where they are: half of the share for five minutes, then twice for five',
    weather: steady(() => 1),
    exposure: {
      minutes: 10,
      share: (weight, sinceShift) =>
        weight >= 1 ? 1 : weight * (sinceShift < 5 ? 0.5 : sinceShift < 10 && weight < 0.5 ? 2 : 1),
    },
  },
  {
    name: 'the candidate starts with 0.6 % of failures, which fade within a minute or two',
    weather: steady(() => 1),
    coldErrors: { minutes: 5, errors: (since) => 0.006 * Math.exp(-since) },
  },
  {
    name: 'the stable side scales in and is slow for half an hour',
    weather: steady(() => 1),
    ownSlow: (random) => {
      const at = 20 + Math.floor(230 * random());
      return (minute) => ({ stable: within(minute, at, 30) ? 4 : 1, candidate: 1 });
    },
  },
  {
    name: 'a week to look back on, its Sunday with a tenth of the traffic',
    lookBackDays: 7,
    yesterday: steady((minute) => (minute < 1_440 ? 0.1 : 1)),
    weather: steady(() => 1),
  },
  {
    name: 'the candidate fails four tenths of a margin more for a quarter of each hour',
    weather: steady(() => 1),
    own: (random) => {
      const offset = Math.floor(HOUR * random());
      return (minute) => ({ stable: 1, candidate: (minute + offset) % HOUR < 15 ? 3 : 1 });
    },
  },
  {
    name: 'the candidate is slow by four tenths of the margin for good',
    weather: steady(() => 1),
    ownSlow: () => () => ({ stable: 1, candidate: 3 }),
  },
];

/**
 * By the plan's rule nothing is promoted while a tenth of the stage is missing on one side: undecided, whether healthy
 * or not.
 */
export const UNPUBLISHED: readonly Trace[] = [
  {
    name: "the candidate's every fourth minute is never published",
    weather: steady(() => 1),
    missing: (minute) => (minute % 4 === 2 ? 'candidate' : false),
  },
];

/** On {@link UNPUBLISHED}: must never be promoted. */
export function whereNobodySees(errorMargin: number): Regression {
  return moreErrors('40 × margin in the minutes that nobody sees', 10, 0, (since) =>
    since % 4 === 2 ? 40 * errorMargin : 0,
  );
}

/** On "a tenth of the traffic from minute 75 on": must be rolled back. */
export function onceItIsQuiet(errorMargin: number): Regression {
  return moreErrors('errors 3 × margin from minute 80', 3, 80, () => 3 * errorMargin);
}

/** On "diurnal": must be rolled back if the low is within the run. */
export function underLittleLoad(errorMargin: number): Regression {
  return moreErrors('only under little load, 4 × margin', 4, 0, (_since, _share, load) =>
    load < 0.8 ? 4 * errorMargin : 0,
  );
}

/** On steady traffic. All must be rolled back; those that heal only if their minutes show them. */
export function sixthDrawRegressions(errorMargin: number, slowMargin: number): readonly Regression[] {
  const { errors, slow } = inMargins(errorMargin, slowMargin);
  return [
    errors('two minutes of seven, 7 × margin', 2, 0, (since) => (since % 7 < 2 ? 7 : 0)),
    errors('a route called in batches, one minute of twelve, 24 × margin', 2, 0, (since) =>
      since % 12 === 7 ? 24 : 0,
    ),
    errors('retries amplify it with the share, from 1 to 4 × margin', 1, 0, (_since, share) => 1 + 3 * share),
    slow('the tail: slow 1.5 × margin', 1.5, 0, () => 1.5),
    slow('slow 10 × margin in every fifth minute', 2, 0, (since) => (since % 5 === 4 ? 10 : 0)),
    errors('leak with restarts, 5 × margin in 50 min', 2.5, 0, (since) => (5 * (since % 50)) / 50),
    errors('4 × margin for twelve minutes, then healed', 4, 0, (since) => (since < 12 ? 4 : 0)),
    errors('a dependency of the candidate alone, 20 × margin for a quarter of an hour', 20, 70, (since) =>
      since < 15 ? 20 : 0,
    ),
    errors('only from a tenth of the traffic on, 2 × margin', 2, 0, (_since, share) => (share >= 0.1 ? 2 : 0)),
    {
      ...errors('load balancer answers 5 × margin in two minutes of five', 2, 0, (s) => (s % 5 < 2 ? 5 : 0)),
      by: 'balancer',
    },
    errors('all fail from minute 130', 200, 130, () => 190),
    errors('leak over six hours, 6 × margin', 6, 0, (since) => 6 * Math.min(1, since / 360)),
    errors('2 × margin in the half hours between', 2, 0, (since) => (since % 60 >= 30 ? 2 : 0)),
  ];
}
