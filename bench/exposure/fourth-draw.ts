/**
 * A fourth draw, written before anything was changed because of it and before any trace was run (fourth-draw.md has the
 * results): attempts by somebody who knows that a tolerance has a cap, that the gate waits for spells, that people
 * pause runs, and that alarms can be blind.
 */
import { normal, type Random } from '../../test/support/random.ts';
import { BASE, inMargins, moreErrors, type Regression, steady, type Trace, within } from './traces.ts';

const HOUR = 60;

type Own = NonNullable<Trace['own']>;

/**
 * A rate for each side that loses a tenth of its deviation per minute; its logarithm has the standard deviation `sd`,
 * and its mean is 1.
 */
const wandering =
  (sd: number): Own =>
  (random) => {
    const step = (level: number) => 0.9 * level + sd * Math.sqrt(1 - 0.81) * normal(random);
    let [stable, candidate] = [sd * normal(random), sd * normal(random)];
    return () => {
      [stable, candidate] = [step(stable), step(candidate)];
      return { stable: Math.exp(stable - sd ** 2 / 2), candidate: Math.exp(candidate - sd ** 2 / 2) };
    };
  };

/** Only the candidate fails `times` as often, for `length` minutes of every `period`, from an unknown minute. */
const spells =
  (times: number, length: number, period: number): Own =>
  (random) => {
    const offset = Math.floor(period * random());
    return (minute) => ({ stable: 1, candidate: (minute + offset) % period < length ? times : 1 });
  };

/** One spell of the candidate alone, once in the run. */
const once =
  (times: number, length: number): Own =>
  (random) => {
    const at = Math.floor(280 * random());
    return (minute) => ({ stable: 1, candidate: within(minute, at, length) ? times : 1 });
  };

const whole = (random: Random, most: number) => Math.floor(most * random());

/**
 * Healthy: the difference is below the margin or over within minutes, and at most two hundredths of the margin on
 * average.
 */
export const FOURTH_DRAW: readonly Trace[] = [
  {
    name: 'base 1.5 %, each side wanders by a tenth',
    weather: steady(() => 1, { errorRate: 0.015 }),
    own: wandering(0.1),
  },
  {
    name: 'the candidate fails 1.2 margins more for two minutes of an hour',
    weather: steady(() => 1),
    own: spells(7, 2, HOUR),
  },
  { name: 'one spell of eight minutes, nine tenths of the margin', weather: steady(() => 1), own: once(5.5, 8) },
  { name: 'one spell of thirty minutes, six tenths of the margin', weather: steady(() => 1), own: once(4, 30) },
  {
    name: 'spells of five minutes in fifteen, six tenths of the margin',
    weather: steady(() => 1),
    own: spells(4, 5, 15),
  },
  {
    name: 'a zone slightly worse for good, four tenths of the margin',
    weather: steady(() => 1),
    own: () => () => ({ stable: 1, candidate: 3 }),
  },
  {
    name: 'traffic ten times as high at minute 30, a tenth from minute 200',
    weather: (_random, rps) => (minute) => ({
      ...BASE,
      requests: Math.round(60 * rps * (minute < 30 ? 1 : minute < 200 ? 10 : 0.1)),
    }),
    yesterday: steady(() => 1),
  },
  {
    name: 'three hours of outage yesterday',
    weather: steady(() => 1),
    lookBackDays: 7,
    incident: (minute) => (within(minute, 400, 180) ? 0.3 : 0),
  },
  {
    name: 'all points nine minutes late',
    weather: steady(() => 1),
    late: () => () => ({ stable: 9, candidate: 9 }),
  },
  {
    name: 'a job every ten minutes for a minute, failures there by threes',
    weather: (_random, rps) => (minute) => ({
      ...BASE,
      requests: 60 * rps,
      errorRate: minute % 10 === 4 ? 0.02 : BASE.errorRate,
    }),
    clusterIn: () => (minute) => (minute % 10 === 4 ? 3 : 1),
  },
  {
    name: 'common rate up and down every other minute, twentyfold',
    weather: steady(() => 1),
    own: () => (minute) => (minute % 2 === 0 ? { stable: 0.2, candidate: 0.2 } : { stable: 4, candidate: 4 }),
  },
  {
    name: 'a crawler doubles the traffic and its failures, twenty minutes in seventy',
    weather: (random, rps) => {
      const offset = whole(random, 70);
      return (minute) => {
        const crawls = (minute + offset) % 70 < 20;
        return { ...BASE, requests: 60 * rps * (crawls ? 2 : 1), errorRate: crawls ? 0.01 : BASE.errorRate };
      };
    },
  },
  {
    name: 'paused for forty minutes in the second stage',
    weather: steady(() => 1),
    paused: { from: 75, until: 115 },
  },
  {
    name: 'paused over the longest hold of the first stage',
    weather: steady(() => 1),
    paused: { from: 20, until: 320 },
  },
  {
    name: 'alarms have no data for twenty minutes of each hour',
    weather: steady(() => 1),
    alarmsBlind: (minute) => minute % HOUR >= 45 || minute % HOUR < 5,
  },
];

/** At 5 rps and below, no plan can show half a percent beside so many failures. */
export const HIGH_BASES: readonly Trace[] = [
  { name: 'base 3 %, steady', weather: steady(() => 1, { errorRate: 0.03 }) },
  {
    name: 'base 3 %, each side wanders by a quarter',
    weather: steady(() => 1, { errorRate: 0.03 }),
    own: wandering(0.25),
  },
  {
    name: 'base 2 %, one zone a tenth worse for half an hour at a time',
    weather: steady(() => 1, { errorRate: 0.02 }),
    own: spells(1.1, 30, 90),
  },
];

/** Five requests per second and fewer. */
export const THIN_DRAW: readonly Trace[] = [
  { name: 'nobody fails', weather: steady(() => 1, { errorRate: 0, slowRate: 0 }) },
  { name: 'thin, the candidate restarts for three minutes a day', weather: steady(() => 1), own: spells(40, 3, 1_440) },
];

/** On steady traffic; all that are at least 2 margins must be found. */
export function fourthDrawRegressions(errorMargin: number, slowMargin: number): readonly Regression[] {
  const { errors } = inMargins(errorMargin, slowMargin);
  return [
    errors('every other minute, 4 × margin', 2, 0, (since) => (since % 2 === 0 ? 4 : 0)),
    errors('6 × margin, falling to 2 within half an hour', 2, 0, (since) => 2 + 4 * Math.max(0, 1 - since / 30)),
    errors('errors 2 × margin from minute 58', 2, 58, () => 2),
    errors('the more traffic the worse, 4 × margin at all of it', 4, 0, (_since, share) => 4 * share),
    errors('leak, 2 × margin in 6 h', 2, 0, (since) => 2 * Math.min(1, since / 360)),
    errors('3 × margin for twelve minutes of twenty-four', 3, 0, (since) => (since % 24 < 12 ? 3 : 0)),
    errors('1.4 × margin for ten minutes of thirty, then for good', 1.4, 0, (since) =>
      since > 240 || since % 30 < 10 ? 1.4 : 0,
    ),
    errors('one minute in ten, 20 × margin', 2, 5, (since) => (since % 10 === 0 ? 20 : 0)),
    { ...errors('load balancer answers 2 × margin from minute 10', 2, 10, () => 2), by: 'balancer' },
    {
      name: 'slow 4 × margin in ten minutes of twenty',
      metric: 'slow',
      onset: 0,
      margins: 4,
      excess: (since) => (since % 20 < 10 ? 4 * slowMargin : 0),
    },
  ];
}

/** Customers are protected even while a run is paused, and while alarms see nothing. */
export function whilePaused(errorMargin: number): readonly Regression[] {
  return [moreErrors('errors 2 × margin from minute 90', 2, 90, () => 2 * errorMargin)];
}
