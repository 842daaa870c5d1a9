/**
 * A third draw, written after the first form of ADR 57 and after ADR 60 (third-draw.md has the results): points that
 * arrive in other shapes, gaps of one side, broken counts, capacity that grows while a stage runs, neighbours that
 * affect the sides differently, load balancers with other services on them.
 */
import { normal } from '../../test/support/random.ts';
import { BASE, failingMoreFrom, moreErrors, type Regression, steady, type Trace, within } from './traces.ts';

const HOUR = 60;
const wave = (minute: number, period: number) => Math.sin((2 * Math.PI * minute) / period);
/** A noisy neighbour for eight minutes of each half hour, at the same minutes in every run. */
const hurts = (minute: number) => minute % 30 < 8;

/**
 * A dependency fails, clients retry and produce four times the traffic, and it takes twenty minutes until they are
 * gone.
 */
const storm = (minute: number) => (minute < 100 ? 0 : minute < 110 ? 1 : Math.exp(-(minute - 110) / 5));

/** Tasks join while a stage runs, and each is cold for some minutes: the later ones after the default warm-up. */
const GROWING: Trace = {
  name: 'tasks start cold as capacity grows, at 0, 4 and 8 minutes',
  weather: steady(() => 1),
  coldStart: {
    minutes: 11,
    slow: (since) => (since < 3 ? 0.06 : within(since, 4, 3) ? 0.03 : within(since, 8, 3) ? 0.015 : 0),
  },
  coldErrors: {
    minutes: 10,
    errors: (since) => (since < 2 ? 0.008 : within(since, 4, 2) ? 0.004 : within(since, 8, 2) ? 0.0025 : 0),
  },
};

export const THIRD_DRAW: readonly Trace[] = [
  {
    name: "stable's points late whenever a neighbour is there",
    weather: (_random, rps) => (minute) => ({
      ...BASE,
      requests: 60 * rps,
      errorRate: hurts(minute) ? 0.03 : BASE.errorRate,
    }),
    late: (random) => (minute) => ({ stable: hurts(minute) ? 4 + Math.floor(6 * random()) : 0, candidate: 0 }),
  },
  {
    name: 'points in batches of five minutes',
    weather: steady(() => 1),
    late: () => (minute) => ({ stable: 4 - (minute % 5), candidate: 4 - (minute % 5) }),
  },
  {
    name: 'one side silent for twelve minutes, then the other',
    weather: steady(() => 1),
    missing: (minute) =>
      within(minute, 40, 12) || within(minute, 250, 12) ? 'candidate' : within(minute, 150, 12) ? 'stable' : false,
  },
  {
    name: 'counts that are no numbers, or fewer than none',
    weather: steady(() => 1),
    garbled: (counts, minute) => {
      if (minute % 60 === 3) return { ...counts, target5xx: Number.NaN };
      if (minute % 60 === 23) return { ...counts, requests: Number.POSITIVE_INFINITY };
      if (minute % 60 === 43) return { ...counts, slow: -1 };
      return counts;
    },
  },
  {
    name: 'retries bring four times the traffic',
    weather: (_random, rps) => (minute) => ({
      requests: Math.round(60 * rps * (1 + 3 * storm(minute))),
      errorRate: BASE.errorRate + 0.2 * storm(minute),
      slowRate: BASE.slowRate + 0.1 * storm(minute),
    }),
    yesterday: steady(() => 1),
    own: (random) => (minute) => {
      const clump = () => Math.exp(0.2 * storm(minute) * normal(random));
      return { stable: clump(), candidate: clump() };
    },
  },
  { ...GROWING, name: `${GROWING.name}, told`, gate: { warmUp: 'PT12M', warmUpErrors: 'PT12M' } },
  {
    name: 'from a Sunday into a Monday',
    yesterday: (_random, rps) => (minute) => ({
      ...BASE,
      requests: Math.round(24 * rps * (1 + 0.5 * wave(minute, 1_440))),
    }),
    weather: (random, rps) => {
      const phase = 1_440 * random();
      return (minute) => {
        const day = 1 + 0.5 * wave(minute + phase, 1_440);
        return {
          requests: Math.round(60 * rps * day),
          errorRate: 2.5 * BASE.errorRate * day,
          slowRate: 1.5 * BASE.slowRate * day,
        };
      };
    },
  },
  {
    name: 'three other services on the load balancer, each with its incidents',
    weather: steady(() => 1),
    foreign: (minute, rps) => ({
      requests: 120 * rps,
      elb5xx: [70, 110, 130].reduce((sum, every, i) => sum + (minute % every < 7 ? (i + 1) * rps : 0), 0),
    }),
  },
  {
    name: 'a small service on the load balancer is dead',
    weather: steady(() => 1),
    foreign: (minute, rps) => ({ requests: 4 * rps, elb5xx: within(minute % 90, 20, 40) ? 4 * rps : 0 }),
  },
  {
    name: 'a task of the candidate restarts now and then',
    weather: steady(() => 1),
    own: (random) => {
      const at = Array.from({ length: 5 }, () => Math.floor(300 * random()));
      return (minute) => ({ stable: 1, candidate: at.some((from) => within(minute, from, 3)) ? 5 : 1 });
    },
  },
  {
    name: 'the stable side alone fails more for twenty minutes',
    weather: steady(() => 1),
    own: (random) => {
      const at = Math.floor(250 * random());
      return (minute) => ({ stable: within(minute, at, 20) ? 6 : 1, candidate: 1 });
    },
  },
  {
    name: 'a zone hurt for twenty minutes, half of the candidate in it and a quarter of stable',
    weather: steady(() => 1),
    own: (random) => {
      const offset = Math.floor(90 * random());
      return (minute) => ((minute + offset) % 90 < 20 ? { stable: 4, candidate: 7 } : { stable: 1, candidate: 1 });
    },
  },
  {
    name: 'nights without a request',
    weather: (random, rps) => {
      const phase = Math.floor(1_440 * random());
      return (minute) => ({ ...BASE, requests: (minute + phase) % 1_440 < 300 ? 0 : 60 * rps });
    },
  },
  {
    name: 'both sides swing by a third, against each other',
    weather: steady(() => 1, { errorRate: 0.002 }),
    own: () => (minute) => ({ stable: 1 + 0.3 * wave(minute, 40), candidate: 1 - 0.3 * wave(minute, 40) }),
  },
  {
    name: 'the base rate is four times as high from minute 100 on',
    weather: failingMoreFrom(100, 4),
    yesterday: steady(() => 1),
  },
];

/** At 5 rps no plan can show half a percent beside three percent within a week. */
export const HIGH_BASE: readonly Trace[] = [
  {
    name: 'base 3 %, a zone hurt for twelve minutes of an hour',
    weather: steady(() => 1, { errorRate: 0.03 }),
    own: (random) => {
      const offset = Math.floor(HOUR * random());
      return (minute) =>
        (minute + offset) % HOUR < 12 ? { stable: 1.05, candidate: 1.15 } : { stable: 1, candidate: 1 };
    },
  },
];

/** A service that hardly ever fails: most minutes do not show when a regression began (ADR 61). */
export const CLEAN: readonly Trace[] = [
  { name: 'one request in 100,000 fails', weather: steady(() => 1, { errorRate: 1e-5, slowRate: 1e-5 }) },
];

/**
 * Decided by the default plan's own rules: more than the margin after the warm-up rolls back, and a gap in every ten
 * minutes promotes nobody.
 */
export const BY_RULE: readonly Trace[] = [
  GROWING,
  { name: 'every sixth minute missing', weather: steady(() => 1), missing: (minute) => minute % 6 === 3 },
];

/** On steady traffic. */
export function thirdDrawRegressions(errorMargin: number, slowMargin: number): readonly Regression[] {
  return [
    moreErrors('one minute in fifteen, 30 %', 4, 0, (since) => (since % 15 === 7 ? 0.3 : 0)),
    moreErrors('twenty minutes of each hour, 4 × margin', 4, 0, (since) => (since % HOUR >= 40 ? 4 * errorMargin : 0)),
    moreErrors('half a margin more every twenty minutes', 4, 0, (since) => (errorMargin / 2) * Math.floor(since / 20)),
    moreErrors('errors 1.5 × margin from minute 20', 1.5, 20, () => 1.5 * errorMargin),
    moreErrors('errors 2 × margin, once a minute is over the warm-up', 2, 3, () => 2 * errorMargin),
    moreErrors('only from half of the traffic on, 2 × margin', 2, 0, (_since, share) =>
      share >= 0.5 ? 2 * errorMargin : 0,
    ),
    { ...moreErrors('load balancer answers 5 % from minute 50', 10, 50, () => 0.05), by: 'balancer' },
    { name: 'slow 2 × margin from minute 30', metric: 'slow', onset: 30, margins: 2, excess: () => 2 * slowMargin },
  ];
}
