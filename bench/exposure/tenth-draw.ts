/**
 * A tenth draw, written with the right verdict of each before any of it was run (tenth-draw.md has what it found): a
 * metric of one side that is lost while the rest of it comes, clients that hang up several requests at a time,
 * candidates whose requests vanish, faults at the last minute of a stage, of one method or one zone, and traffic of a
 * request in some seconds.
 */
import type { SideCounts } from '../../core/model/evidence.ts';
import { BASE, during, inMargins, type Regression, steady, type Trace, within } from './traces.ts';

const LOST: Readonly<Record<'slow' | 'errors', (counts: SideCounts) => SideCounts>> = {
  slow: (counts) => ({ ...counts, slow: null }),
  errors: (counts) => ({ ...counts, target5xx: 'unknown' }),
};

/** One metric of one side is lost for some minutes of each hour. */
const loses =
  (metric: keyof typeof LOST, side: 'stable' | 'candidate', minutes: number): NonNullable<Trace['garbled']> =>
  (counts, minute, of) =>
    of === side && minute % 60 >= 20 && minute % 60 < 20 + minutes ? LOST[metric](counts) : counts;

const lostFor =
  (side: 'stable' | 'candidate', minutes: number): NonNullable<Trace['answersLost']> =>
  (minute, of) =>
    of === side && within(minute % 60, 20, minutes);

/** Healthy, so each is to be promoted, once its gaps are over. */
export const TENTH_DRAW: readonly Trace[] = [
  {
    name: 'a downstream is deployed in the last two minutes of a stage: both fail 30 %, and are twice as slow for ten',
    weather: (_random, rps) => (minute) => ({
      requests: 60 * rps,
      errorRate: within(minute, 58, 2) || within(minute, 118, 2) || within(minute, 299, 2) ? 0.3 : 0.001,
      slowRate: within(minute, 58, 12) || within(minute, 118, 12) || within(minute, 299, 12) ? 0.008 : 0.004,
    }),
    yesterday: steady(() => 1),
  },
  {
    name: 'a job each five minutes: eight times the traffic for a minute, of which 2 % fail and a fifth is slow',
    weather: during((m) => m % 5 === 2, { traffic: 8, errorRate: 0.02, slowRate: 0.2 }),
  },
  {
    name: 'a tenant with a third of the traffic sends what cannot be read for ten minutes of forty: both fail 12 %, in threes',
    weather: during((m) => m % 40 >= 25 && m % 40 < 35, { traffic: 1.2, errorRate: 0.12 }),
    clusterIn: () => (minute) => (minute % 40 >= 25 && minute % 40 < 35 ? 3 : 1),
  },
  {
    name: 'the cache of both is flushed at minute 75 and 150: a tenth slow, filled within six minutes',
    weather: (_random, rps) => (minute) => {
      const since = Math.min(...[75, 150].map((at) => (minute >= at ? minute - at : Number.POSITIVE_INFINITY)));
      return { ...BASE, requests: 60 * rps, slowRate: BASE.slowRate + 0.1 * Math.exp(-since / 2) };
    },
    yesterday: steady(() => 1),
  },
  {
    name: 'capacity in steps: traffic grows threefold in two hours, both slow and fail more until the next step comes',
    weather: (_random, rps) => (minute) => {
      const load = 1 + Math.min(2, minute / 60);
      const over = (minute % 20) / 20;
      return {
        requests: Math.round(60 * rps * load),
        errorRate: 0.001 + 0.004 * over ** 3,
        slowRate: 0.004 + 0.04 * over ** 2,
      };
    },
    yesterday: steady(() => 1),
  },
  {
    name: 'Monday begins at minute 240: four times the traffic and three times the failures within half an hour',
    weather: (_random, rps) => (minute) => {
      const grown = Math.min(1, Math.max(0, (minute - 240) / 30));
      return {
        requests: Math.round(60 * rps * (0.25 + 0.75 * grown)),
        errorRate: 0.001 * (1 + 2 * grown),
        slowRate: 0.004 * (1 + 2 * grown),
      };
    },
    yesterday: steady(() => 0.25),
  },
  {
    name: "the candidate's clock is a minute behind: both fail 3 % for a minute of twenty, its own a minute later",
    weather: steady(() => 1),
    own: () => (minute) => ({ stable: minute % 20 === 5 ? 30 : 1, candidate: minute % 20 === 6 ? 30 : 1 }),
  },
  {
    name: 'the newest minute is counted in part: 40 % of the requests, 70 % of the failures, base 0.5 %',
    weather: steady(() => 1, { errorRate: 0.005 }),
    counted: (age) => (age < 1 ? { requests: 0.4, failures: 0.7 } : { requests: 1, failures: 1 }),
  },
  {
    name: "the candidate's answers are lost for ten minutes of each hour",
    weather: steady(() => 1),
    answersLost: lostFor('candidate', 10),
  },
  {
    name: "the candidate's answers are lost for 25 minutes",
    weather: steady(() => 1),
    answersLost: (minute, of) => of === 'candidate' && within(minute, 20, 25),
  },
  {
    name: "the candidate's answers are lost for five minutes of each hour, another service answers one of 3,000 requests with 503",
    weather: steady(() => 1),
    answersLost: lostFor('candidate', 5),
    foreign: (_minute, rps) => ({ requests: 3 * rps, elb5xx: Math.round(rps / 50) }),
  },
  {
    name: "stable's answers are lost for ten minutes of each hour",
    weather: steady(() => 1),
    answersLost: lostFor('stable', 10),
  },
  {
    name: "the candidate's response times are lost for ten minutes of each hour",
    weather: steady(() => 1),
    garbled: loses('slow', 'candidate', 10),
  },
  {
    name: "stable's failures are lost for fifteen minutes of each hour, base 0.5 %",
    weather: steady(() => 1, { errorRate: 0.005 }),
    garbled: loses('errors', 'stable', 15),
  },
  {
    name: 'both sides are lost for eleven minutes about the end of each stage',
    weather: steady(() => 1),
    missing: (minute) => [55, 127, 197, 239, 310].some((from) => within(minute, from, 11)),
  },
  {
    name: "stable's points seven minutes late, then the candidate's, nine minutes each, base 0.5 %",
    weather: steady(() => 1, { errorRate: 0.005 }),
    late: () => (minute) =>
      Math.floor(minute / 9) % 2 === 0 ? { stable: 7, candidate: 0 } : { stable: 0, candidate: 7 },
  },
  {
    name: 'both fail 10 % for three minutes, and everybody comes again: two and a half times the traffic for six',
    weather: (_random, rps) => (minute) => {
      const since = (minute + 15) % 90;
      return {
        ...BASE,
        requests: Math.round(60 * rps * (since < 9 ? 2.5 : 1)),
        errorRate: since < 3 ? 0.1 : since < 9 ? 0.01 : 0.001,
      };
    },
    yesterday: steady(() => 1),
  },
  {
    name: 'a page closes and hangs up five requests: 2 % of both, another service answers one of 3,000 requests with 503',
    weather: steady(() => 1),
    hangUps: 0.02,
    hangUpsAtATime: 5,
    foreign: (_minute, rps) => ({ requests: 3 * rps, elb5xx: Math.round(rps / 50) }),
  },
  {
    name: 'sockets are opened five at a time: three connections of ten, another service answers one of 3,000 requests with 503',
    weather: steady(() => 1),
    hangUps: 0.3,
    hangUpsAtATime: 5,
    foreign: (_minute, rps) => ({ requests: 3 * rps, elb5xx: Math.round(rps / 50) }),
  },
  {
    name: 'another service has no target for ten minutes of fifty, and none of its requests is counted',
    weather: steady(() => 1),
    foreign: (minute, rps) => ({ requests: 0, elb5xx: minute % 50 >= 30 && minute % 50 < 40 ? 6 * rps : 0 }),
  },
  {
    name: 'another service never has a target, few connections: the share of a minute is between four and eighteen tenths of the weight',
    weather: steady(() => 1),
    foreign: (_minute, rps) => ({ requests: 0, elb5xx: Math.round(0.3 * rps) }),
    balancerBefore: () => 0.005,
    exposure: {
      minutes: 600,
      share: (weight, _since, minute) => (weight >= 0.5 ? weight : weight * (0.4 + ((minute * 7) % 15) / 10)),
    },
  },
  {
    name: 'a mobile network is down: one client of ten hangs up for ten minutes of seventy, by threes',
    weather: steady(() => 1),
    hangUpsIn: (minute) => (minute % 70 >= 30 && minute % 70 < 40 ? 0.1 : 0.0005),
    hangUpsAtATime: 3,
  },
  {
    name: 'the CDN takes nineteen requests of twenty for half an hour, and what is left fails five times as often',
    weather: during((m) => within(m, 80, 30) || within(m, 200, 30), { traffic: 0.05, errorRate: 0.005 }),
    yesterday: steady(() => 1),
  },
  {
    name: 'a third party fails 15 % for a minute of eleven',
    weather: during((m) => m % 11 === 7, { errorRate: 0.15 }),
  },
  {
    name: 'stable is mended at minute 80: it failed 0.6 %, the candidate never did',
    weather: steady(() => 1),
    yesterday: steady(() => 1, { errorRate: 0.006 }),
    own: () => (minute) => ({ stable: minute < 80 ? 6 : 1, candidate: 1 }),
  },
  {
    name: 'the backup of the night: 8 % slow and twice the failures for half an hour, at minute 40 and 250',
    weather: during((m) => within(m, 40, 30) || within(m, 250, 30), { errorRate: 0.002, slowRate: 0.08 }),
  },
];

/** Healthy, with a request in some seconds. */
export const TINY: readonly Trace[] = [
  {
    name: 'tiny: 20 requests at once each quarter of an hour',
    weather: (_random, rps) => (m) => ({ ...BASE, requests: m % 15 === 4 ? Math.round(900 * rps) : 0 }),
  },
];

/** On "steady": to be rolled back. */
export function tenthDrawRegressions(errorMargin: number, slowMargin: number): readonly Regression[] {
  const { errors, slow } = inMargins(errorMargin, slowMargin);
  return [
    errors('leak, a tenth of a margin at minute 70, twice as much each half hour', 4, 70, (since) =>
      Math.min(40, 0.1 * 2 ** (since / 30)),
    ),
    errors('one zone of three for ten minutes of twenty, 4 × margin', 4, 100, (since) => (since % 20 < 10 ? 4 : 0)),
    errors('POST alone, 1 % of the traffic, fails: 2 × margin', 2, 0, () => 2),
    errors('POST alone from minute 45, 2 × margin', 2, 45, () => 2),
    errors('4 × margin from the last minute of the first stage', 4, 59, () => 4),
    errors('20 × margin from the last minute of the first stage', 20, 59, () => 20),
    errors('2 × margin at 100 %', 2, 0, (_since, share) => (share === 1 ? 2 : 0)),
    errors('all fail at 100 %', 199, 0, (_since, share) => (share === 1 ? 199 : 0)),
    slow('slow 2 × margin from minute 240', 2, 240, () => 2),
    errors('20 × margin in a minute of seven', 20, 0, (since) => (since % 7 === 6 ? 20 : 0)),
    errors('6 × margin in a minute of seven', 6, 0, (since) => (since % 7 === 6 ? 6 : 0)),
    {
      ...errors('a process dies each quarter of an hour: a third is answered 502 for a minute', 66, 0, (since) =>
        since % 15 === 14 ? 66 : 0,
      ),
      by: 'balancer',
    },
    { ...errors('no target is left from minute 90: 503 to all', 200, 90, () => 200), by: 'vanished' },
    { ...errors('no target is left from minute 325: 503 to all', 200, 325, () => 200), by: 'vanished' },
    { ...errors('half of the nodes have no target from minute 40: 503 to half', 100, 40, () => 100), by: 'vanished' },
    { ...errors('a third of the nodes have no target: 503 to a third', 66, 0, () => 200 / 3), by: 'vanished' },
    {
      ...errors('a third of the nodes have no target at 50 % and above', 66, 0, (_since, share) =>
        share >= 0.5 ? 200 / 3 : 0,
      ),
      by: 'vanished',
    },
    {
      ...errors('half of the nodes have no target at 100 %', 100, 0, (_since, share) => (share === 1 ? 100 : 0)),
      by: 'vanished',
    },
    { ...errors('clients hang up on six of ten from minute 30', 120, 30, () => 120), by: 'nobody' },
    {
      ...errors('clients hang up on six of ten in ten minutes of thirty', 120, 0, (since) =>
        since % 30 >= 20 ? 120 : 0,
      ),
      by: 'nobody',
    },
    errors('in the job of the half hour alone: 10 × margin in three minutes of thirty', 10, 0, (since) =>
      since % 30 < 3 ? 10 : 0,
    ),
  ];
}

/** Whose regression hides where stable is not seen. */
export const HIDING: readonly Trace[] = [
  {
    name: 'stable is lost from minute 20 to 80',
    weather: steady(() => 1),
    missing: (m) => within(m, 20, 60) && 'stable',
  },
  {
    name: "the candidate's failures are lost for 25 minutes of each half hour",
    weather: steady(() => 1),
    garbled: (counts, minute, side) => (side === 'candidate' && minute % 30 < 25 ? LOST.errors(counts) : counts),
  },
  {
    name: "the candidate's response times are lost from minute 10 on",
    weather: steady(() => 1),
    garbled: (counts, minute, side) => (side === 'candidate' && minute >= 10 ? LOST.slow(counts) : counts),
  },
];
export function hidden(errorMargin: number): readonly Regression[] {
  const { errors } = inMargins(errorMargin, errorMargin);
  return [errors('10 × margin from minute 25', 10, 25, () => 10)];
}
