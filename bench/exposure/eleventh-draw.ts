/**
 * An eleventh draw, its traces and the right verdict of each written before the gate's code or an earlier draw was read
 * (eleventh-draw.md has what it found): what a stranger would try.
 */
import { normal, type Random } from '../../test/support/random.ts';
import { BASE, during, inMargins, moreErrors, type Regression, steady, type Trace, within } from './traces.ts';

const HOUR = 60;

type Own = NonNullable<Trace['own']>;

/** The same number from 0 to 1 for a minute, however often it is asked. */
const noise = (minute: number) => Math.abs(Math.sin(12.9898 * (minute + 1)) * 43_758.5453) % 1;

/** Each side's rate has a logarithm that loses a tenth of its deviation a minute. */
const wandering =
  (sd: number): Own =>
  (random) => {
    const step = (level: number) => 0.9 * level + sd * Math.sqrt(1 - 0.81) * normal(random);
    let [stable, candidate] = [0, 0];
    return () => {
      [stable, candidate] = [step(stable), step(candidate)];
      return { stable: Math.exp(stable - sd ** 2 / 2), candidate: Math.exp(candidate - sd ** 2 / 2) };
    };
  };

/** Outages that begin at random, one in so many minutes. */
const outages = (random: Random, length: number, every: number) => {
  let until = -1;
  return (minute: number) => {
    if (minute > until && random() < 1 / every) until = minute + length;
    return minute <= until;
  };
};

const batch = (minute: number) => minute % 120 >= 50 && minute % 120 < HOUR;
const meets = (minute: number) => (noise(Math.floor(minute / 120)) < 0.5 ? 'stable' : 'candidate');

/** Healthy, so each is to be promoted, once its gaps are over. */
export const ELEVENTH_DRAW: readonly Trace[] = [
  {
    name: 'stable is deployed at minute 40 and 180, and fails 5 % for three minutes',
    weather: steady(() => 1, { errorRate: 0.002 }),
    own: () => (minute) => ({ stable: within(minute, 40, 3) || within(minute, 180, 3) ? 25 : 1, candidate: 1 }),
  },
  {
    name: 'cron at the full hour: both fail 4 % for two minutes, three times as slow',
    weather: during((m) => m % HOUR < 2, { errorRate: 0.04, slowRate: 0.012 }),
  },
  {
    name: 'the nightly backup at minute 150: both fail 2 % for 25 minutes, four times as slow',
    weather: during((m) => within(m % 1_440, 150, 25), { errorRate: 0.02, slowRate: 0.016 }),
  },
  {
    name: 'capacity lags: each stage begins 1.2 % slower for four minutes, and fails 0.9 % more for two',
    weather: steady(() => 1),
    coldStart: { minutes: 4, slow: () => 0.012 },
    coldErrors: { minutes: 2, errors: () => 0.009 },
  },
  {
    name: 'a batch client sends ten times the traffic for twenty minutes of three hours, 3 % of it fails',
    weather: during((m) => m % 180 >= 100 && m % 180 < 120, { traffic: 11, errorRate: 0.027 }),
  },
  {
    name: "a batch client keeps to one side's connections for ten minutes of two hours, and 2 % of it fails",
    weather: during(batch, { traffic: 2 }, { errorRate: 0.003 }),
    exposure: {
      minutes: 0,
      share: (weight, _since, minute) =>
        !batch(minute) ? weight : meets(minute) === 'candidate' ? (weight + 1) / 2 : weight / 2,
    },
    own: () => (minute) => {
      const side = batch(minute) ? meets(minute) : null;
      return { stable: side === 'stable' ? 4 : 1, candidate: side === 'candidate' ? 4 : 1 };
    },
  },
  {
    name: 'clients retry three times in the same minute: failures by fours, told',
    weather: steady(() => 1, { errorRate: 0.005 }),
    clusterIn: () => () => 4,
    gate: { errorBurst: 4 },
  },
  {
    name: "stable's metrics are lost for a quarter of an hour, twice",
    weather: steady(() => 1),
    missing: (minute) => (within(minute, 30, 15) || within(minute, 200, 15) ? 'stable' : false),
  },
  {
    name: "every other minute of the candidate's is lost for an hour",
    weather: steady(() => 1),
    missing: (minute) => (within(minute, 70, HOUR) && minute % 2 === 0 ? 'candidate' : false),
  },
  {
    name: 'one zone of three fails 6 % for twenty minutes, and 25 to 41 % of the candidate is in it',
    weather: during((m) => within(m, 90, 20), { errorRate: 0.02 }),
    own: (random) => {
      const more = 0.24 * (2 * random() - 1);
      return (minute) => ({ stable: 1, candidate: within(minute, 90, 20) ? 1 + more : 1 });
    },
  },
  {
    name: 'Monday begins at minute 200: eight times the traffic, six times the failures',
    weather: (_random, rps) => (minute) => ({
      ...BASE,
      requests: 60 * rps * (minute < 200 ? 1 : 8),
      errorRate: minute < 200 ? 0.001 : 0.006,
    }),
    yesterday: steady(() => 1),
  },
  {
    name: 'both flap: seven minutes 3 %, seven minutes 0.1 %',
    weather: during((m) => m % 14 < 7, { errorRate: 0.03 }),
  },
  {
    name: 'long polls: two requests of five are slow by their nature',
    weather: steady(() => 1, { slowRate: 0.4 }),
  },
  {
    name: 'each side restarts every six hours, and fails a third of a minute',
    weather: steady(() => 1),
    own: () => (minute) => ({
      stable: minute % 360 === 280 ? 333 : 1,
      candidate: minute % 360 === 100 ? 333 : 1,
    }),
  },
  {
    name: 'a route that fails 2 % grows from a twentieth of the traffic to two fifths within the day',
    weather: (_random, rps) => (minute) => ({
      ...BASE,
      requests: 60 * rps,
      errorRate: 0.001 + 0.019 * (0.225 + 0.175 * Math.sin((minute / 1_440) * 2 * Math.PI)),
    }),
  },
  {
    name: 'stable fails 1 % and the candidate nothing, but both 30 % for five minutes at minute 260',
    weather: during((m) => within(m, 260, 5), { errorRate: 0.3 }, { errorRate: 0.01 }),
    yesterday: steady(() => 1, { errorRate: 0.01 }),
    own: () => (minute) => ({ stable: 1, candidate: within(minute, 260, 5) ? 1 : 0 }),
  },
  {
    name: 'a dependency is out for ten minutes in four hours: both fail 20 %, the candidate a fifth more of it',
    weather: (random, rps) => {
      const isOut = outages(random, 10, 240);
      return (minute) => ({ ...BASE, requests: 60 * rps, errorRate: isOut(minute) ? 0.2 : 0.001 });
    },
    own: () => () => ({ stable: 1, candidate: 1.2 }),
  },
  {
    name: 'points of both one to six minutes late, one minute of twenty lost, each side wanders by a fifth',
    weather: steady(() => 1),
    own: wandering(0.2),
    late: (random) => () => ({
      stable: 1 + Math.floor(6 * random()),
      candidate: 1 + Math.floor(6 * random()),
    }),
    missing: (minute) => (noise(minute) < 0.05 ? (noise(minute + 0.5) < 0.5 ? 'stable' : 'candidate') : false),
  },
];

/** A tenth and a fifth of a request each second. */
export const TINIEST: readonly Trace[] = [
  { name: 'tiny traffic, base 0.5 %', weather: steady(() => 1, { errorRate: 0.005 }) },
  {
    name: 'tiny traffic, base 2 %, points late',
    weather: steady(() => 1, { errorRate: 0.02 }),
    late: (random) => () => ({ stable: Math.floor(8 * random()), candidate: Math.floor(8 * random()) }),
  },
];

/** On steady traffic; all but the slow one, which stays below the margin, are to be found. */
export function eleventhDrawRegressions(errorMargin: number, slowMargin: number): readonly Regression[] {
  const { slow } = inMargins(errorMargin, slowMargin);
  const failing = (name: string, excess: Regression['excess'], most: number, onset = 0) =>
    moreErrors(name, most / errorMargin, onset, excess);
  return [
    failing(
      'three times the failures from a tenth of the traffic on',
      (_s, share) => (share >= 0.1 ? 0.006 : 0),
      0.006,
    ),
    failing(
      'leak with restarts, half a permille each ten minutes for five hours',
      (s) => ((s % 300) / 10) * 0.0005,
      0.015,
    ),
    failing('a route with a twentieth of the traffic fails 30 %', () => 0.015, 0.015),
    failing('the tasks of one zone of three fail 10 %', () => 0.033, 0.033),
    failing('time-outs begin half an hour after each step, 3 %', (s) => (s % HOUR >= 30 ? 0.03 : 0), 0.03, 0),
    slow('slow 0.8 × margin from a tenth of the traffic on', 0.8, 0, (_s, share) => (share >= 0.1 ? 0.8 : 0)),
    failing('at the full hour for two minutes, 40 %', (s) => (s % HOUR < 2 ? 0.4 : 0), 0.4),
    {
      ...failing('restarts each ten minutes, a quarter of a minute', (s) => (s % 10 === 0 ? 0.25 : 0), 0.25, 3),
      by: 'balancer',
    },
    failing('the pool is exhausted at all of the traffic, 4 %', (_s, share) => (share >= 1 ? 0.04 : 0), 0.04),
  ];
}
