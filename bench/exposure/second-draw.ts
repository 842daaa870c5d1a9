/**
 * Traces and regressions that were drawn after all earlier ones had been seen and fixed for: other generators, which
 * were run once before anything was changed because of them (second-draw.md has the results). Each is an ordinary day
 * of some service.
 */
import { normal, type Random } from '../../test/support/random.ts';
import { BASE, moreErrors, type Regression, steady, type Trace } from './traces.ts';

type Own = NonNullable<Trace['own']>;

/** Independent deviations of the sides, equal in size. */
const apart = (random: Random, sd: number) => ({
  stable: Math.exp(sd * normal(random)),
  candidate: Math.exp(sd * normal(random)),
});

const AT = { from: 40, within: 200 } as const;
const once = (random: Random) => AT.from + Math.floor(AT.within * random());

/**
 * A dependency fails for ten minutes; each side's clients retry their failed requests after one, two and four minutes.
 */
const backoff: Own = (random) => {
  const at = once(random);
  return (minute) => {
    const since = minute - at;
    const during = since >= 0 && since < 10 ? 15 : 0;
    const echoes = [1, 2, 4].reduce((sum, wait) => sum + (since >= wait && since < 10 + wait ? 5 : 0), 0);
    const { stable, candidate } = apart(random, during + echoes > 0 ? 0.3 : 0);
    return { stable: 1 + (during + echoes) * stable, candidate: 1 + (during + echoes) * candidate };
  };
};

/** A noisy neighbour in one zone affects the targets there: a third of stable's, half of the candidate's. */
const zone: Own = (random) => {
  const offset = Math.floor(60 * random());
  return (minute) => {
    const times = (minute + offset) % 60 < 10 ? 20 : 0;
    return { stable: 1 + times / 3, candidate: 1 + times / 2 };
  };
};

/** Bots whose requests end in 4xx stay on stable for a quarter of an hour, which dilutes its rate of 5xx. */
const bots: Own = (random) => {
  const at = once(random);
  return (minute) => ({ stable: minute >= at && minute < at + 15 ? 0.5 : 1, candidate: 1 });
};

const day = (minute: number, phase: number) => Math.sin((2 * Math.PI * (minute + phase)) / 1_440);

export const SECOND_DRAW: readonly Trace[] = [
  {
    name: 'daily cycle of traffic and rates',
    weather: (random, rps) => {
      const phase = 1_440 * random();
      return (minute) => ({
        requests: Math.round(60 * rps * (1 + 0.6 * day(minute, phase))),
        errorRate: BASE.errorRate * 3 ** day(minute, phase + 180),
        slowRate: BASE.slowRate * 3 ** day(minute, phase + 180),
      });
    },
  },
  { name: 'retries with backoff', weather: steady(() => 1), own: backoff },
  {
    name: 'deploy of a shared dependency',
    yesterday: steady(() => 1),
    weather: (random, rps) => {
      const at = once(random);
      return (minute) => {
        const [deploys, after] = [minute >= at && minute < at + 4, minute >= at + 4 ? 1.5 : 1];
        return {
          requests: 60 * rps,
          errorRate: deploys ? 0.05 : after * BASE.errorRate,
          slowRate: deploys ? 0.2 : after * BASE.slowRate,
        };
      };
    },
  },
  {
    name: 'slow warm cache',
    weather: steady(() => 1),
    coldStart: { minutes: 30, slow: (since) => 0.03 * Math.exp(-since / 4) },
  },
  { name: 'neighbour in one zone', weather: steady(() => 1), own: zone },
  {
    name: 'a job at the hour',
    weather: (random, rps) => {
      const [offset, step] = [Math.floor(60 * random()), 60 * Math.floor(1 + 4 * random())];
      return (minute) => {
        const works = (minute + offset) % 60 < 3;
        const later = minute + offset >= step ? 2 : 1;
        return {
          requests: (works ? 180 : 60) * rps,
          errorRate: BASE.errorRate * (works ? 10 : later),
          slowRate: BASE.slowRate * (works ? 5 : 1),
        };
      };
    },
  },
  { name: 'bots on the stable side', weather: steady(() => 1, { errorRate: 0.005 }), own: bots },
];

/** One request every five seconds. */
export const SPARSE: readonly Trace[] = [{ name: 'sparse', weather: steady(() => 1) }];

export function secondDrawRegressions(errorMargin: number): readonly Regression[] {
  return [
    moreErrors('route of 1 % of the traffic fails', 2, 0, () => 0.01),
    moreErrors('at the hour for 3 min, 10 %', 0.1 / errorMargin, 0, (since) =>
      since % 60 >= 40 && since % 60 < 43 ? 0.1 : 0,
    ),
    moreErrors('leak with restarts, 4 × margin in 20 min', 4, 0, (since) => 4 * errorMargin * ((since % 20) / 20)),
    moreErrors('fails 3 % from minute 25', 0.03 / errorMargin, 25, () => 0.03),
  ];
}

/** For traffic with a daily pattern. */
export function underLoad(errorMargin: number): Regression {
  return moreErrors('only under load, 4 × margin', 4, 0, (_since, _share, load) => (load > 1.2 ? 4 * errorMargin : 0));
}
