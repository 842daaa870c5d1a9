/**
 * A thirteenth draw, each with its right verdict written down before any of it was run (thirteenth-draw.md has what it
 * found): the week of somebody who is on call.
 */
import type { SideCounts } from '../../core/model/evidence.ts';
import { BASE, during, inMargins, type Regression, steady, type Trace, within } from './traces.ts';

const every = (minute: number, period: number, at: number, length: number) => within(minute % period, at, length);

/** One zone of three reports nothing. */
const twoThirds = (counts: SideCounts): SideCounts => {
  const of = <T>(value: T) => (typeof value === 'number' ? Math.round((2 / 3) * value) : value);
  return {
    ...counts,
    requests: of(counts.requests),
    target5xx: of(counts.target5xx),
    ...(counts.target5xxAtMost === undefined ? {} : { target5xxAtMost: of(counts.target5xxAtMost) }),
    ...(counts.answered === undefined ? {} : { answered: of(counts.answered) }),
    ...(counts.unanswered === undefined ? {} : { unanswered: of(counts.unanswered) }),
    slow: of(counts.slow),
  };
};

/** A rate that has decayed to a third after so many minutes. */
const fading = (since: number, minutes: number) => (since < 0 ? 0 : Math.exp(-since / minutes));

/** Healthy, so each is to be promoted. */
export const THIRTEENTH_DRAW: readonly Trace[] = [
  {
    name: 'stable is deployed in waves: for twenty minutes every other one fails 1 %',
    weather: steady(() => 1),
    own: () => (minute) => ({ stable: within(minute, 80, 20) && minute % 2 === 0 ? 10 : 1, candidate: 1 }),
  },
  {
    name: 'cron each five minutes: four times the traffic for a minute, 1 % fails',
    weather: during((m) => m % 5 === 0, { traffic: 4, errorRate: 0.01 }),
  },
  {
    name: 'a shared cache is flushed at minute 90: 12 % slow and 1 % failing on both, fading for half an hour',
    weather: (_random, rps) => (minute) => ({
      requests: 60 * rps,
      errorRate: BASE.errorRate + 0.01 * fading(minute - 90, 8),
      slowRate: BASE.slowRate + 0.12 * fading(minute - 90, 8),
    }),
    yesterday: steady(() => 1),
  },
  {
    name: 'stable pauses for its garbage: 15 % slow in one minute of ten, the candidate never',
    weather: steady(() => 1),
    ownSlow: () => (minute) => ({ stable: minute % 10 === 3 ? 37 : 1, candidate: 1 }),
  },
  {
    name: 'the candidate pauses often and shortly: every third minute is three times as slow, the others less',
    weather: steady(() => 1),
    ownSlow: () => (minute) => ({ stable: 1, candidate: minute % 3 === 0 ? 3 : 0 }),
  },
  {
    name: 'summer time ends: the daily curve is an hour later than yesterday',
    weather: (_random, rps) => (minute) => ({
      requests: Math.round(60 * rps * (1 + 0.8 * Math.sin(((minute - 60) / 720) * Math.PI))),
      errorRate: BASE.errorRate * (1.5 + Math.sin(((minute - 60) / 720) * Math.PI)),
      slowRate: BASE.slowRate,
    }),
    yesterday: (_random, rps) => (minute) => ({
      requests: Math.round(60 * rps * (1 + 0.8 * Math.sin((minute / 720) * Math.PI))),
      errorRate: BASE.errorRate * (1.5 + Math.sin((minute / 720) * Math.PI)),
      slowRate: BASE.slowRate,
    }),
  },
  {
    name: 'a campaign is mailed at minute 130: ten times the traffic, 0.7 % fail and 4 % are slow, fading within an hour',
    weather: (_random, rps) => (minute) => {
      const crowd = fading(minute - 130, 20);
      return {
        requests: Math.round(60 * rps * (1 + 9 * crowd)),
        errorRate: BASE.errorRate + 0.006 * crowd,
        slowRate: BASE.slowRate + 0.04 * crowd,
      };
    },
    yesterday: steady(() => 1),
  },
  {
    name: 'sticky clients: the candidate gets a quarter of its share at first, all of it after forty minutes',
    weather: steady(() => 1),
    exposure: { minutes: 40, share: (weight, since) => weight * Math.min(1, 0.25 + (0.75 * since) / 40) },
  },
  {
    name: 'the customers that stick to the candidate fail a seventh more',
    weather: steady(() => 1),
    own: () => () => ({ stable: 1, candidate: 1.15 }),
  },
  {
    name: 'a tenant with a hundredth of the traffic fails 60 % for forty minutes, on both sides, three at a time',
    weather: during((m) => within(m, 140, 40), { errorRate: 0.007 }),
    clusterIn: () => (minute) => (within(minute, 140, 40) ? 3 : 1),
    yesterday: steady(() => 1),
  },
  {
    name: 'a storm of 429: three times the traffic for an hour, and the refusals are quick',
    weather: during((m) => within(m, 100, 60), { traffic: 3, errorRate: 0.0004, slowRate: 0.0014 }),
    yesterday: steady(() => 1),
  },
  {
    name: 'a dependency is half out: both fail 1.5 % for 45 minutes, only stable waits for it',
    weather: during((m) => within(m, 160, 45), { errorRate: 0.015 }),
    ownSlow: () => (minute) => ({ stable: within(minute, 160, 45) ? 5 : 1, candidate: 1 }),
    yesterday: steady(() => 1),
  },
  {
    name: 'a dependency browns out in the soak: both fail 2 % for ten minutes from minute 335',
    weather: during((m) => within(m, 335, 10), { errorRate: 0.02 }),
    yesterday: steady(() => 1),
  },
  {
    name: 'the database grows: from 0.4 % to 3 % slow within five hours, on both sides',
    weather: (_random, rps) => (minute) => ({
      ...BASE,
      requests: 60 * rps,
      slowRate: BASE.slowRate + 0.026 * Math.min(1, minute / 300),
    }),
    yesterday: steady(() => 1),
  },
  {
    name: "stable's health checks flap: it fails 0.6 % for two minutes of twenty",
    weather: steady(() => 1),
    own: () => (minute) => ({ stable: every(minute, 20, 7, 2) ? 6 : 1, candidate: 1 }),
  },
  {
    name: 'scaling lags after each step: 0.5 % fail for two minutes, 5 % are slow for four',
    weather: steady(() => 1),
    coldStart: { minutes: 4, slow: () => 0.05 },
    coldErrors: { minutes: 2, errors: () => 0.005 },
  },
  {
    name: 'the morning: three times the traffic within twenty minutes, both fail 1 % and are slow 6 % until they have scaled',
    weather: (_random, rps) => (minute) => {
      const lags = within(minute, 170, 15);
      return {
        requests: Math.round(60 * rps * (1 + 2 * Math.min(1, Math.max(0, (minute - 160) / 20)))),
        errorRate: lags ? 0.01 : BASE.errorRate,
        slowRate: lags ? 0.06 : BASE.slowRate,
      };
    },
    yesterday: steady(() => 1),
  },
  {
    name: "a zone's metrics of the candidate are lost for half an hour: two thirds are counted",
    weather: steady(() => 1),
    garbled: (counts, minute, side) => (side === 'candidate' && within(minute, 110, 30) ? twoThirds(counts) : counts),
  },
  {
    name: "a zone's metrics of stable are lost for half an hour: two thirds are counted",
    weather: steady(() => 1),
    garbled: (counts, minute, side) => (side === 'stable' && within(minute, 110, 30) ? twoThirds(counts) : counts),
  },
  {
    name: 'a zone is lost at minute 190: both fail 10 % for three minutes, then 4 % are slow for twenty',
    weather: (_random, rps) => (minute) => ({
      requests: 60 * rps,
      errorRate: within(minute, 190, 3) ? 0.1 : BASE.errorRate,
      slowRate: within(minute, 190, 23) ? 0.04 : BASE.slowRate,
    }),
    yesterday: steady(() => 1),
  },
  {
    name: 'sockets: three requests of ten have no answer that is counted, at minute 200 and 201 six of ten',
    weather: steady(() => 1),
    hangUps: 0.3,
    hangUpsIn: (minute) => (within(minute, 200, 2) ? 0.6 : 0.3),
  },
  {
    name: 'somebody scans: six times the traffic in five minutes of thirty, nothing of it fails',
    weather: during((m) => every(m, 30, 12, 5), { traffic: 6, errorRate: 0.0002, slowRate: 0.0007 }),
  },
  {
    name: 'waves of twenty minutes: both fail 0.1 to 0.7 %',
    weather: (_random, rps) => (minute) => ({
      ...BASE,
      requests: 60 * rps,
      errorRate: 0.004 + 0.003 * Math.sin((minute / 10) * Math.PI),
    }),
  },
  {
    name: 'the database fails over at minute 75, 240 and 340: 30 % of a minute fails',
    weather: during((m) => m === 75 || m === 240 || m === 340, { errorRate: 0.3 }),
    yesterday: steady(() => 1),
  },
  {
    name: 'stable fails 1 %, the candidate a fifth of it',
    weather: steady(() => 1, { errorRate: 0.01 }),
    own: () => () => ({ stable: 1, candidate: 0.2 }),
  },
];

/** Both fail 2 % for half an hour in the soak, and the candidate three points more. */
export const BEHIND_TROUBLE: Trace = {
  name: 'both fail 2 % for half an hour from minute 330',
  weather: during((m) => within(m, 330, 30), { errorRate: 0.02 }),
  yesterday: steady(() => 1),
};
export function worseThanBoth(errorMargin: number): Regression {
  return inMargins(errorMargin, errorMargin).errors('8 × margin from minute 330', 8, 330, () => 8);
}

/** On steady traffic; all are to be found. */
export function thirteenthDrawRegressions(errorMargin: number, slowMargin: number): readonly Regression[] {
  const { errors, slow } = inMargins(errorMargin, slowMargin);
  const lost = (by: NonNullable<Regression['by']>, name: string, share: (since: number) => number, onset = 0) => ({
    ...errors(name, 5, onset, (since) => share(since) / errorMargin),
    by,
  });
  return [
    errors('one task of four runs out of memory each twenty minutes, for half a minute', 30, 0, (s) =>
      s % 20 === 12 ? 30 : 0,
    ),
    slow('memory leaks: five margins slower within three hours', 5, 0, (since) => Math.min(5, since / 36)),
    errors('memory leaks until it dies: after 150 minutes a third for three minutes of thirty', 80, 150, (s) =>
      s % 30 < 3 ? 80 : 0,
    ),
    errors('connections run out from half of the traffic on, 5 × margin', 5, 0, (_since, share) =>
      share >= 0.5 ? 5 : 0,
    ),
    errors('a tenant with 3 % of the traffic always fails', 7.5, 0, () => 7.5),
    lost('balancer', 'one request of a hundred times out at the load balancer', () => 0.01),
    lost('refused', 'health checks flap: one minute of fifteen refuses 30 %', (since) => (since % 15 === 9 ? 0.3 : 0)),
    lost('refused', 'one zone of three is not open', () => 0.33),
    slow('slower by a margin an hour', 6, 0, (since) => Math.min(6, since / 60)),
    errors('cold for ten minutes after the first step, 20 %', 50, 0, (since) => (since < 10 ? 50 : 0)),
    errors('its cron at the full hour, six minutes of 3 %', 7.5, 0, (since) => (since % 60 < 6 ? 7.5 : 0)),
    lost('refused', 'its certificate expires at minute 200', () => 1, 200),
    errors('1.5 × margin', 1.5, 0, () => 1.5),
    lost('nobody', 'a fifth hangs from minute 100 on', () => 0.2, 100),
    errors('5 × margin from minute 330 on', 5, 330, () => 5),
    slow('3 × margin slow from 90 % on', 3, 0, (_since, share) => (share >= 0.9 ? 3 : 0)),
  ];
}
