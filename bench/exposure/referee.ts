/**
 * Traces and regressions that others wrote against the gate: noise of one side, failures that feed on themselves,
 * metrics that come late or not at all, failures that have no target group, and times that differ from the day before.
 */

import type { Side } from '../../sides/index.ts';
import { normal, type Random } from '../../test/support/random.ts';
import { BASE, moreErrors, type Regression, steady, type Trace } from './traces.ts';

type Own = NonNullable<Trace['own']>;
type Late = NonNullable<Trace['late']>;

/** One side's log rate as AR(1): correlation 0.9 from minute to minute, standard deviation `sd`. */
export function wander(random: Random, sd: number): () => number {
  let level = sd * normal(random);
  return () => {
    level = 0.9 * level + sd * Math.sqrt(1 - 0.9 ** 2) * normal(random);
    return Math.exp(level - sd ** 2 / 2);
  };
}

const eachItsOwn =
  (sd: number): Own =>
  (random) => {
    const [stable, candidate] = [wander(random, sd), wander(random, sd)];
    return () => ({ stable: stable(), candidate: candidate() });
  };

const both =
  (sd: number): Own =>
  (random) => {
    const next = wander(random, sd);
    return () => {
      const level = next();
      return { stable: level, candidate: level };
    };
  };

/**
 * A dependency is out for a quarter of an hour, once in the run; each side's clients try again on their own side, in
 * clumps that a heavy tail makes.
 */
const retries: Own = (random) => {
  const at = 30 + Math.floor(200 * random());
  const clump = () => 1 + 3 * random();
  return (minute) =>
    minute >= at && minute < at + 15 ? { stable: 20 * clump(), candidate: 20 * clump() } : { stable: 1, candidate: 1 };
};

/** A dependency fails for a quarter of an hour, once in the run, on both sides alike. */
const outage = (random: Random) => {
  const at = 30 + Math.floor(200 * random());
  return (minute: number) => minute >= at && minute < at + 15;
};

const lateBy =
  (side: Side, share: number): Late =>
  (random) =>
  () => {
    const minutes = random() < share ? 3 + Math.floor(6 * random()) : 0;
    return { stable: 0, candidate: 0, [side]: minutes };
  };

const errorsAt = (errorRate: number) => steady(() => 1, { errorRate });

export const REFEREE: readonly Trace[] = [
  { name: 'each its own AR(1), sd 0.25, base 0.5 %', weather: errorsAt(0.005), own: eachItsOwn(0.25) },
  { name: 'each its own AR(1), sd 0.5, base 0.5 %', weather: errorsAt(0.005), own: eachItsOwn(0.5) },
  { name: 'each its own AR(1), sd 0.5, base 0.1 %', weather: errorsAt(0.001), own: eachItsOwn(0.5) },
  { name: 'both one AR(1), sd 0.5', weather: errorsAt(0.005), own: both(0.5) },
  { name: 'dependency out, retried in clumps', weather: errorsAt(0.0025), own: retries },
  {
    name: 'dependency out at 5 %, each failure tried four times',
    weather: (random, rps) => {
      const isOut = outage(random);
      return (minute) => ({ ...BASE, requests: 60 * rps, errorRate: isOut(minute) ? 0.17 : BASE.errorRate });
    },
    yesterday: steady(() => 1),
    clusterIn: (random) => {
      const isOut = outage(random);
      return (minute) => (isOut(minute) ? 4 : 1);
    },
  },
  {
    name: 'noisy neighbour, 5 % of stable points late',
    weather: (random, rps) => {
      const offset = Math.floor(random() * 30);
      return (minute) => ({
        ...BASE,
        requests: 60 * rps,
        errorRate: (minute + offset) % 30 < 8 ? 0.03 : 0.001,
      });
    },
    late: lateBy('stable', 0.05),
  },
  ...[0.003, 0.01].map(
    (size): Trace => ({
      name: `cold start, errors +${size * 100} % for 2 min`,
      weather: steady(() => 1),
      coldErrors: { minutes: 2, errors: () => size },
    }),
  ),
  ...[3, 8].map(
    (times): Trace => ({
      name: `weekend to weekday, failures × ${times}`,
      yesterday: steady(() => 1),
      // The weekday begins with the run or within its first hour.
      weather: (random, rps) => {
        const from = Math.floor(60 * random());
        return (minute) =>
          minute < from
            ? { ...BASE, requests: 60 * rps }
            : { ...BASE, errorRate: BASE.errorRate * times, requests: 150 * rps };
      },
    }),
  ),
  { name: 'metrics missing from minute 100 to 160', weather: steady(() => 1), missing: (m) => m >= 100 && m < 160 },
  {
    name: "another service's 503",
    weather: steady(() => 1),
    foreign: (minute, rps) =>
      minute % 50 < 10 ? { elb5xx: 0, requests: 60 * rps } : { elb5xx: 2 * rps, requests: 60 * rps },
  },
  {
    name: "yesterday's incident of the load balancer",
    weather: steady(() => 1),
    balancerBefore: (minute) => (minute >= 300 && minute < 400 ? 0.03 : 0),
  },
  {
    name: 'one bad five minutes yesterday',
    weather: steady(() => 1),
    incident: (m) => (m >= 600 && m < 605 ? 0.06 : 0),
  },
  { name: 'candidate points late', weather: steady(() => 1), late: lateBy('candidate', 1) },
];

/** Half a request a second. */
export const THIN: readonly Trace[] = [{ name: 'thin', weather: steady(() => 1) }];

export function refereeRegressions(errorMargin: number): readonly Regression[] {
  const lost = (share: number): Regression => ({
    ...moreErrors(
      `load balancer answers 5xx for ${share * 100} % of the candidate's`,
      share / errorMargin,
      0,
      () => share,
    ),
    by: 'balancer',
  });
  return [
    moreErrors('route of 0.5 % of the traffic fails', 1, 0, () => 0.005),
    moreErrors('one pod of four, 8 % there', 4, 0, () => 0.02),
    moreErrors('one zone, 30 %, from minute 50', 60, 50, () => 0.3),
    moreErrors('errors 2 × margin from minute 52', 2, 52, () => 2 * errorMargin),
    moreErrors('leak over 12 h, 10 × margin', 10, 0, (since) => 10 * errorMargin * Math.min(1, since / 720)),
    moreErrors('only at ≥ 99 %, 6 × margin', 6, 0, (_since, share) => (share >= 0.99 ? 6 * errorMargin : 0)),
    moreErrors('only at 100 %, 6 × margin', 6, 0, (_since, share) => (share >= 1 ? 6 * errorMargin : 0)),
    lost(0.8),
    lost(0.18),
    lost(0.08),
    lost(0.016),
  ];
}
