/**
 * A ninth draw, written with the right verdict of each before any of it was run (ninth-draw.md has what it found): what
 * comes late or on one side at the borders of stages, counters that begin anew, other services on the load balancer
 * while clients hang up, clients that move from one side to the other, pauses over a regression, and candidates that
 * are better in one thing and worse in another.
 */
import { known } from '../../core/gate/counts.ts';
import { wander } from './referee.ts';
import { inMargins, type Regression, steady, type Trace, within } from './traces.ts';

const HOUR = 60;
/** Minutes of a run of the default plan in which stages end and begin, with what holds them for a while. */
const BORDERS = [
  [56, 16],
  [124, 18],
  [194, 18],
  [236, 16],
  [298, 18],
] as const;
const atBorder = (minute: number) => BORDERS.some(([from, length]) => within(minute, from, length));

/** 503s of another service with one request for every twenty of ours, so many for each of our requests. */
const beside = (rate: number): NonNullable<Trace['foreign']> => {
  return (minute, rps) => {
    const made = 60 * rps * rate;
    const often = Math.max(1, Math.round(1 / made));
    return { requests: 3 * rps, elb5xx: often > 1 ? Number(minute % often === 0) : Math.round(made) };
  };
};

/** Healthy, so each is to be promoted, once its gaps are over. */
export const NINTH_DRAW: readonly Trace[] = [
  {
    name: "the candidate's minutes about the borders of stages come nine minutes late",
    weather: steady(() => 1),
    withheld: (minute) => ({ stable: 0, candidate: atBorder(minute) ? 9 : 0 }),
  },
  {
    name: "stable's minutes at the borders of stages are lost for six minutes",
    weather: steady(() => 1),
    missing: (minute) => BORDERS.some(([from]) => within(minute, from + 4, 6)) && 'stable',
  },
  {
    name: "a third of stable's failures and slow requests is counted four minutes late, its requests are not, base 0.5 %",
    weather: steady(() => 1, { errorRate: 0.005 }),
    counted: (age, side) => ({ requests: 1, failures: age < 4 && side === 'stable' ? 0.66 : 1 }),
  },
  {
    name: 'counters begin anew each half hour, each side by its own clock: a minute without anything, the next with that of both',
    weather: steady(() => 1),
    garbled: (counts, minute, side) => {
      const at = (minute + (side === 'stable' ? 0 : 11)) % 30;
      const times = at === 7 ? 0 : at === 8 ? 2 : 1;
      return times === 1
        ? counts
        : {
            ...counts,
            requests: times * counts.requests,
            answered: times * known(counts.answered),
            target5xx: counts.target5xx === 'unknown' ? counts.target5xx : times * counts.target5xx,
            target5xxAtMost: times * (counts.target5xxAtMost ?? 0),
            slow: times * (counts.slow ?? 0),
          };
    },
  },
  {
    name: 'two clients of a hundred hang up, another service answers one of 3,000 requests with 503',
    weather: steady(() => 1),
    hangUps: 0.02,
    foreign: beside(1 / 3_000),
  },
  {
    name: 'three connections of ten are upgraded, another service answers one of 5,000 requests with 503',
    weather: steady(() => 1),
    hangUps: 0.3,
    foreign: beside(1 / 5_000),
  },
  {
    name: 'one client of a hundred hangs up, another service is dead for ten minutes of fifty',
    weather: steady(() => 1),
    hangUps: 0.01,
    foreign: (minute, rps) => ({ requests: 3 * rps, elb5xx: minute % 50 < 10 ? 3 * rps : 0 }),
  },
  {
    name: 'a client with a fifth of the traffic, which fails and is slow by three tenths of the margin more, moves to the other side every twenty minutes',
    weather: steady(() => 1),
    exposure: {
      minutes: HOUR,
      share: (weight, _since, minute) =>
        weight >= 1 ? 1 : 0.8 * weight + (Math.floor(minute / 20) % 2 === 0 ? 0.2 : 0),
    },
    own: () => (minute) =>
      Math.floor(minute / 20) % 2 === 0 ? { stable: 0.8, candidate: 2.4 } : { stable: 1.2, candidate: 0.9 },
  },
  {
    name: 'half an hour of 4 % of which each side has its own by a fifth, twice',
    weather: (_random, rps) => (minute) => ({
      requests: 60 * rps,
      errorRate: within(minute, 80, 30) || within(minute, 220, 30) ? 0.04 : 0.001,
      slowRate: 0.004,
    }),
    yesterday: steady(() => 1),
    own: (random) => {
      const [stable, candidate] = [wander(random, 0.2), wander(random, 0.2)];
      return (minute) =>
        within(minute, 80, 30) || within(minute, 220, 30)
          ? { stable: stable(), candidate: candidate() }
          : { stable: 1, candidate: 1 };
    },
  },
  {
    name: 'paused over the border of the first stage, then over the next, and both fail 3 % meanwhile',
    weather: (_random, rps) => (minute) => ({
      requests: 60 * rps,
      errorRate: within(minute, 55, 40) ? 0.03 : 0.001,
      slowRate: 0.004,
    }),
    yesterday: steady(() => 1),
    paused: { from: 50, until: 100 },
  },
];

/** Somebody has paused the run while a regression begins and after it. */
export const PAUSED: readonly Trace[] = [
  { name: 'paused from minute 30 to 110', weather: steady(() => 1), paused: { from: 30, until: 110 } },
];

/** On {@link PAUSED}: to be rolled back at once, for a pause holds promotions only. */
export function overAPause(errorMargin: number): readonly Regression[] {
  const { errors } = inMargins(errorMargin, errorMargin);
  return [
    errors('3 × margin from minute 70', 3, 70, () => 3),
    errors('3 × margin from minute 70 to 109, and for good from 125', 3, 70, (since) =>
      since < 39 || since >= 55 ? 3 : 0,
    ),
  ];
}

/** On traces on which clients hang up beside another service's 503s: to be rolled back. */
export function lostBesideOthers(errorMargin: number): readonly Regression[] {
  const { errors } = inMargins(errorMargin, errorMargin);
  return [{ ...errors('the load balancer answers 16 × margin', 16, 0, () => 16), by: 'balancer' }];
}

/** On "steady": to be rolled back. */
export function ninthDrawRegressions(errorMargin: number, slowMargin: number): readonly Regression[] {
  const { errors, slow } = inMargins(errorMargin, slowMargin);
  return [
    errors('2 × margin in the last ten minutes of each hour', 2, 0, (since) => (since % HOUR >= 50 ? 2 : 0)),
    slow('no failure at all, slow 3 × margin', 3, 0, () => 3),
    errors('wanders between one and five margins', 3, 0, (since) => 3 + 2 * Math.sin(since / 7)),
    errors('2 × margin for everybody who comes from minute 61 on', 2, 61, () => 2),
    { ...errors('the load balancer answers 3 × margin from minute 20', 3, 20, () => 3), by: 'balancer' },
  ];
}
