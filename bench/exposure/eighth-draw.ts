/**
 * An eighth draw. The right verdict of each trace was written down before any was run (eighth-draw.md has the results):
 * metrics that arrive late, twice, or from one side only; the effect of stickiness, rounding and draining on shares;
 * failures that nobody counts as a 5xx.
 */
import { known } from '../../core/gate/counts.ts';
import { wander } from './referee.ts';
import { type Own, spell } from './sixth-draw.ts';
import { BASE, inMargins, moreErrors, type Regression, steady, type Trace, within } from './traces.ts';

const HOUR = 60;

const ofCandidate =
  (times: number, length: number, period: number): Own =>
  (random) => {
    const offset = Math.floor(period * random());
    return (minute) => ({ stable: 1, candidate: (minute + offset) % period < length ? times : 1 });
  };

const unlessBackFilled = (from: number, until: number) => (minute: number) =>
  within(minute, from, until - from) ? until - minute : 0;

/** Healthy, so each must be promoted once its gaps are over. */
export const EIGHTH_DRAW: readonly Trace[] = [
  {
    name: "two health checks a second are counted among each side's requests",
    weather: steady(() => 1),
    garbled: (counts) => ({ ...counts, requests: counts.requests + 120, answered: known(counts.answered) + 120 }),
  },
  {
    name: 'one of three nodes of the load balancer is counted four minutes late',
    weather: steady(() => 1),
    counted: (age) => (age < 4 ? { requests: 0.66, failures: 0.66 } : { requests: 1, failures: 1 }),
  },
  {
    name: "a third of the candidate's requests is counted four minutes late, its failures are not",
    weather: steady(() => 1),
    counted: (age, side) => ({ requests: age < 4 && side === 'candidate' ? 0.66 : 1, failures: 1 }),
  },
  {
    name: "the candidate's metrics of an hour come at its end, all at once",
    weather: steady(() => 1),
    withheld: (minute) => ({ stable: 0, candidate: unlessBackFilled(100, 160)(minute) }),
  },
  {
    name: "stable's metrics of an hour come at its end, twice, base 0.5 %",
    weather: steady(() => 1, { errorRate: 0.005 }),
    withheld: (minute) => ({
      candidate: 0,
      stable: unlessBackFilled(30, 90)(minute) + unlessBackFilled(200, 260)(minute),
    }),
  },
  {
    name: 'capacity follows each shift by three minutes, slow by one margin for the five after it',
    weather: steady(() => 1),
    coldStart: { minutes: 8, slow: (since) => (since >= 3 ? 0.02 : 0) },
  },
  {
    name: 'connections are drained: half as many requests again for two minutes after each shift, a tenth slow in the first',
    weather: steady(() => 1),
    exposure: { minutes: 2, share: (weight, since) => (since < 2 ? Math.min(1, 1.5 * weight) : weight) },
    coldStart: { minutes: 1, slow: () => 0.1 },
  },
  {
    name: "a job of the candidate's hosts each quarter of an hour, slow by seven tenths of the margin for a minute",
    weather: steady(() => 1),
    ownSlow: ofCandidate(4.5, 1, 15),
  },
  {
    name: 'both caches are flushed: 8 % slow and less, the candidate refills by two fifths more slowly',
    yesterday: steady(() => 1),
    weather: (_random, rps) => (minute) => ({
      ...BASE,
      requests: 60 * rps,
      slowRate: BASE.slowRate + (minute < 130 ? 0 : 0.08 * Math.exp(-(minute - 130) / 10)),
    }),
    ownSlow: () => (minute) => {
      const since = minute - 130;
      const of = (tau: number) => BASE.slowRate + 0.08 * Math.exp(-since / tau);
      return { stable: 1, candidate: since < 0 ? 1 : of(14) / of(10) };
    },
  },
  {
    name: 'waves of bots on a route that fails, ten requests a connection, told',
    weather: (random, rps) => {
      let left = 0;
      return () => {
        left = left > 0 ? left - 1 : random() < 0.04 ? 2 : 0;
        return {
          ...BASE,
          requests: Math.round(60 * rps * (left > 0 ? 1.02 : 1)),
          errorRate: left > 0 ? 0.02 : BASE.errorRate,
        };
      };
    },
    cluster: 10,
    gate: { errorBurst: 10, slowBurst: 10 },
  },
  {
    name: 'a tenant with 15 % of the traffic keeps to either side for half an hour, slow by its nature',
    weather: steady(() => 1),
    exposure: {
      minutes: HOUR,
      share: (weight, _since, minute) =>
        weight >= 1 ? 1 : 0.85 * weight + (Math.floor(minute / 30) % 2 === 0 ? 0.15 : 0),
    },
    ownSlow: () => (minute) =>
      Math.floor(minute / 30) % 2 === 0 ? { stable: 0.8, candidate: 2 } : { stable: 1.2, candidate: 0.8 },
  },
  {
    name: 'few connections: the share of a minute is between four and eighteen tenths of the weight',
    weather: steady(() => 1),
    exposure: {
      minutes: HOUR,
      share: (weight, _since, minute) =>
        weight > 0.5 ? weight : weight * (0.4 + (1.4 * (Math.imul(minute + 7, 2_654_435_761) >>> 16)) / 65_536),
    },
  },
  {
    name: 'two minutes of ten fail 2 % for everybody, and their clients keep to the candidate: up to three times its share',
    weather: (_random, rps) => (minute) => ({
      ...BASE,
      requests: 60 * rps,
      errorRate: minute % 10 < 2 ? 0.02 : BASE.errorRate,
    }),
    exposure: {
      minutes: HOUR,
      share: (weight, _since, minute) => (weight < 1 && minute % 10 < 2 ? Math.min(0.95, 3 * weight) : weight),
    },
  },
  { name: '30 % are slow by nature', weather: steady(() => 1, { slowRate: 0.3 }) },
  {
    name: 'both sides fail nine tenths for two minutes',
    yesterday: steady(() => 1),
    weather: spell(2, { errorRate: 0.9 }),
  },
  {
    name: 'an event of the cloud: forty minutes of 6 %, a third of the traffic away, each side wanders by three tenths',
    weather: (_random, rps) => (minute) => {
      const on = within(minute, 120, 40);
      return {
        requests: Math.round(60 * rps * (on ? 0.67 : 1)),
        errorRate: on ? 0.06 : BASE.errorRate,
        slowRate: on ? 0.03 : BASE.slowRate,
      };
    },
    yesterday: steady(() => 1),
    own: (random) => {
      const [stable, candidate] = [wander(random, 0.3), wander(random, 0.3)];
      return (minute) =>
        within(minute, 120, 40) ? { stable: stable(), candidate: candidate() } : { stable: 1, candidate: 1 };
    },
  },
  {
    name: "a neighbour's blue/green: ten times our traffic on the load balancer, a fifth of it 503 for three minutes of fifty",
    weather: steady(() => 1),
    foreign: (minute, rps) => ({ requests: 600 * rps, elb5xx: minute % 50 < 3 ? 120 * rps : 0 }),
  },
  {
    name: "stable's response times are lost for twenty minutes of ninety, base 3 % slow",
    weather: steady(() => 1, { slowRate: 0.03 }),
    // As the reader of CloudWatch shows it; when this was drawn, the reader showed 0.
    garbled: (counts, minute, side) => (side === 'stable' && minute % 90 >= 70 ? { ...counts, slow: null } : counts),
  },
  { name: 'three connections of ten are upgraded, and have no answer', weather: steady(() => 1), hangUps: 0.3 },
  {
    name: 'payday: four times the traffic within ten minutes, three times the failures, four times as slow, for three hours',
    yesterday: steady(() => 0.5),
    weather: (_random, rps) => (minute) => {
      const up =
        minute < 60 ? 0 : minute < 240 ? Math.min(1, (minute - 60) / 10) : Math.max(0, 1 - (minute - 240) / 30);
      return {
        requests: Math.round(60 * rps * (0.5 + 1.5 * up)),
        errorRate: BASE.errorRate * (1 + 2 * up),
        slowRate: BASE.slowRate * (1 + 3 * up),
      };
    },
  },
];

/** The candidate is worse only while both sides fail. */
export const WHERE_BOTH_FAIL: readonly Trace[] = [
  {
    name: 'both fail 3 % in eight minutes of thirty',
    weather: (_random, rps) => (minute) => ({
      ...BASE,
      requests: 60 * rps,
      errorRate: minute % 30 < 8 ? 0.03 : BASE.errorRate,
    }),
  },
];

/** On {@link WHERE_BOTH_FAIL}: must be rolled back. */
export function whereBothFail(errorMargin: number): Regression {
  return moreErrors('8 × margin only in the minutes in which both fail', 2, 0, (since) =>
    since % 30 < 8 ? 8 * errorMargin : 0,
  );
}

/** On "the candidate's metrics of an hour come at its end": must never be promoted before the metrics have arrived. */
export function behindTheGap(errorMargin: number): Regression {
  return moreErrors('20 × margin from minute 101 on', 20, 101, () => 20 * errorMargin);
}

/**
 * On "diurnal": the candidate has fewer tasks than stable, so that its requests queue above eight tenths of the mean
 * traffic.
 */
export function queueing(slowMargin: number): Regression {
  return {
    name: 'too few tasks: slow 5 × margin from eight tenths of the traffic on',
    metric: 'slow',
    onset: 0,
    margins: 5,
    excess: (_since, share, load) => (share * load > 0.8 ? 5 * slowMargin : 0),
  };
}

/** On steady traffic. All must be rolled back, except the one that nobody counts, which must never be promoted. */
export function eighthDrawRegressions(errorMargin: number, slowMargin: number): readonly Regression[] {
  const { errors, slow } = inMargins(errorMargin, slowMargin);
  return [
    errors(
      'processes die of their requests: nearly all fail in a minute of 600, 60, 12, 7 as the share grows',
      3,
      0,
      (since, share) => {
        const period = Math.max(5, Math.round(6 / share));
        return since % period === period - 1 ? 190 : 0;
      },
    ),
    { ...errors('connections are refused, 3 × margin from minute 20', 3, 20, () => 3), by: 'refused' },
    { ...errors('every connection is refused from minute 75', 200, 75, () => 200), by: 'refused' },
    { ...errors('clients hang up, 4 × margin', 4, 0, () => 4), by: 'nobody' },
    { ...errors('clients hang up, 4 × margin from minute 100', 4, 100, () => 4), by: 'nobody' },
    { ...errors('every client hangs up from minute 75', 200, 75, () => 190), by: 'nobody' },
    { ...errors('three clients of ten hang up from minute 330', 60, 330, () => 60), by: 'nobody' },
    { ...errors('the load balancer answers 6 × margin from minute 330', 6, 330, () => 6), by: 'balancer' },
    errors('leak, 4 × margin in an hour from minute 255', 4, 255, (since) => 4 * Math.min(1, since / HOUR)),
    errors('restarts ever more rarely: half fail in minutes 0, 1, 3, 7, 15, 31 and so on', 2, 0, (since) =>
      Number.isInteger(Math.log2(since + 1)) ? 100 : 0,
    ),
    errors('three minutes of 2 × margin in every four', 1.5, 0, (since) => (since % 4 < 3 ? 2 : 0)),
    errors('5 × margin, falling to 1.5 as the share grows', 1.5, 0, (_since, share) => 1.5 + 3.5 * (1 - share)),
    slow('too few tasks: slow 6 × margin from half of the traffic on', 6, 0, (_since, share) => (share >= 0.5 ? 6 : 0)),
    slow('slow 4 × margin at ≥ 99 %', 4, 0, (_since, share) => (share >= 0.99 ? 4 : 0)),
    slow('slow 3 × margin at 100 %', 3, 0, (_since, share) => (share >= 1 ? 3 : 0)),
    slow('slow 2 × margin in twenty minutes of forty', 2, 0, (since) => (since % 40 < 20 ? 2 : 0)),
    slow('all slow for one minute of thirty', 1.6, 0, (since) => (since % 30 === 29 ? 45 : 0)),
    slow('large bodies: slow 2.5 × margin from minute 40 on', 2.5, 40, () => 2.5),
  ];
}
