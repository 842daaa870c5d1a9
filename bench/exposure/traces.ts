/**
 * Traffic as a run meets it: how many requests there are, how many of them fail or are slow anyway, and what goes
 * wrong. The gate was designed with these traces; held-out.ts has those with which it was not.
 */
import type { SideCounts } from '../../core/model/evidence.ts';
import type { PlanInput } from '../../core/model/plan.ts';
import type { Side } from '../../sides/index.ts';
import { normal, type Random } from '../../test/support/random.ts';

/** The conditions of one minute before the sides are compared. Rates are shares of requests. */
export interface Weather {
  readonly requests: number;
  readonly errorRate: number;
  readonly slowRate: number;
}

export interface Trace {
  readonly name: string;
  weather(random: Random, rps: number): (minute: number) => Weather;
  /** The healthy candidate's own excess of slow requests in the first minutes after each shift. */
  readonly coldStart?: { readonly minutes: number; slow(sinceShift: number): number };
  /** The healthy candidate's own excess of failures in the first minutes after each shift. */
  readonly coldErrors?: { readonly minutes: number; errors(sinceShift: number): number };
  /** Factor on each side's own error rate, in addition to the common weather. */
  own?(random: Random): (minute: number) => { readonly stable: number; readonly candidate: number };
  /** The same for its rate of slow requests. */
  ownSlow?: Trace['own'];
  /**
   * The share of the requests that the candidate's targets really receive, by minutes since the weight was set; it
   * settles after a number of minutes.
   * @default the weight
   */
  readonly exposure?: {
    readonly minutes: number;
    share(weight: number, sinceShift: number, minute: number): number;
  };
  /** By how many minutes a point of a side's 5xx is late. @default 0 */
  late?(random: Random): (minute: number) => { readonly stable: number; readonly candidate: number };
  /**
   * Minutes after its end before a side shows anything of a minute; withheld counts arrive later in full.
   * @default 0
   */
  withheld?(minute: number): { readonly stable: number; readonly candidate: number };
  /**
   * The share of a side's requests, and of its failures and slow requests, that is counted by a given age of a minute.
   * @default 1
   */
  counted?(age: number, side: Side): { readonly requests: number; readonly failures: number };
  /** Minutes for which the metric store has nothing, or nothing of one side. */
  missing?(minute: number): boolean | Side;
  /** What the metric store turns a side's counts into. */
  garbled?(counts: SideCounts, minute: number, side: Side): SideCounts;
  /**
   * 5xx of the load balancer in a minute that belong to other services or to nobody, and how many requests those
   * services have.
   */
  foreign?(minute: number, rps: number): { readonly elb5xx: number; readonly requests: number };
  /** Minutes of the run in which somebody has paused it. */
  readonly paused?: { readonly from: number; readonly until: number };
  /** Minutes in which the alarms have no data and do not fire. */
  alarmsBlind?(minute: number): boolean;
  /** The look-back's weather, if it differs from the run's. */
  yesterday?: Trace['weather'];
  /** Failures of stable in the look-back in addition to the weather, by its minute. */
  incident?(minute: number): number;
  /** Yesterday's 5xx of the load balancer, as a share of all requests, by the minute of the look-back. */
  balancerBefore?(minute: number): number;
  /**
   * Share of the requests that get no answer: their clients hang up, or upgrade the connection.
   * @default {@link HANG_UPS}
   */
  readonly hangUps?: number;
  /** The same, minute by minute of the run. */
  hangUpsIn?(minute: number): number;
  /** How many requests are given up at a time, such as those of a page that is closed. @default 1 */
  readonly hangUpsAtATime?: number;
  /** Share of the reverse mirror's copies that stable fails because they are copies. */
  copiesFail?(minute: number): number;
  /** Whether the metric store loses the answers of a side in a minute, while it counts its requests. */
  answersLost?(minute: number, side: 'stable' | 'candidate'): boolean;
  /** How many failures occur at a time. @default 1 */
  readonly cluster?: number;
  /** The same, but only for errors, and in some minutes of the run. */
  clusterIn?(random: Random): (minute: number) => number;
  /** The settings of an operator who knows of it. @default the plan's own defaults */
  readonly gate?: PlanInput['gate'];
  /** The plan's `baseline.lookBack`. @default 1, the plan's own default */
  readonly lookBackDays?: number;
}

export const HANG_UPS = 0.0005;

export const BASE = { errorRate: 0.001, slowRate: 0.004 } as const;

export const steady = (
  factor: (minute: number, random: Random) => number,
  extra?: Partial<Omit<Weather, 'requests'>>,
): Trace['weather'] => {
  return (random, rps) => (minute) => ({ ...BASE, ...extra, requests: Math.round(60 * rps * factor(minute, random)) });
};

/** Conditions of both sides for some minutes. */
export const during =
  (
    is: (minute: number) => boolean,
    { traffic = 1, ...rates }: { readonly traffic?: number; readonly errorRate?: number; readonly slowRate?: number },
    base: { readonly errorRate?: number } = {},
  ): Trace['weather'] =>
  (_random, rps) =>
  (minute) => ({
    ...BASE,
    ...base,
    ...(is(minute) ? rates : {}),
    requests: Math.round(60 * rps * (is(minute) ? traffic : 1)),
  });

export const within = (minute: number, from: number, length: number) => minute >= from && minute < from + length;

/** All requests fail more often by a factor from a minute on. */
export const failingMoreFrom =
  (from: number, times: number): Trace['weather'] =>
  (_random, rps) =>
  (minute) => ({ ...BASE, requests: 60 * rps, errorRate: BASE.errorRate * (minute < from ? 1 : times) });

export const TRACES: readonly Trace[] = [
  { name: 'steady', weather: steady(() => 1) },
  {
    name: 'diurnal',
    weather: (random, rps) => {
      const phase = random() * 1440;
      return (minute) => ({
        ...BASE,
        requests: Math.round(60 * rps * (1 + 0.7 * Math.sin(((minute + phase) / 1440) * 2 * Math.PI))),
      });
    },
  },
  { name: 'bursts', weather: steady((_minute, random) => (random() < 0.05 ? 5 : 1) * Math.exp(0.3 * normal(random))) },
  {
    name: 'heavy tail',
    // The share of slow requests varies by a factor of e from minute to minute, equally on both sides.
    weather: (random, rps) => () => ({
      requests: 60 * rps,
      errorRate: BASE.errorRate,
      slowRate: Math.min(0.3, 0.005 * Math.exp(normal(random))),
    }),
  },
  {
    name: 'noisy neighbour',
    // Twice an hour for eight minutes both sides fail 3 % more and are slow 10 % more.
    weather: (random, rps) => {
      const offset = Math.floor(random() * 30);
      return (minute) => {
        const hurt = (minute + offset) % 30 < 8;
        return { requests: 60 * rps, errorRate: hurt ? 0.03 : 0.001, slowRate: hurt ? 0.1 : 0.004 };
      };
    },
  },
  { name: 'cold start', weather: steady(() => 1), coldStart: { minutes: 3, slow: () => 0.01 } },
  {
    name: 'cold start, decaying',
    weather: steady(() => 1),
    // Originally held out: with three minutes of warm-up a third of such runs were rolled back, so the default is five
    // now.
    coldStart: { minutes: 10, slow: (since) => 0.08 * Math.exp(-since / 1.5) },
  },
];

export interface Regression {
  readonly name: string;
  readonly metric: 'errors' | 'slow';
  /**
   * Excess rate `since` minutes after the onset at the candidate's share (0 to 1), and at `load` times the trace's mean
   * traffic.
   */
  excess(since: number, share: number, load: number): number;
  /** Minute of the run in which it begins. */
  readonly onset: number;
  /**
   * Who answers in place of the candidate: the load balancer, for a target that dies or hangs; the load balancer, for
   * one that refuses connections and for which no request is counted; the load balancer, because no target is left, so
   * that nothing is counted at all; nobody, because the client hangs up first.
   * @default the target's own 5xx
   */
  readonly by?: 'balancer' | 'refused' | 'vanished' | 'nobody';
  /** Its full size in margins. */
  readonly margins: number;
}

/** @throws RangeError if none of them has that name */
export function named(name: string, among: readonly Trace[]): Trace {
  const trace = among.find((t) => t.name === name);
  if (trace === undefined) throw new RangeError(`no trace is called ${name}`);
  return trace;
}

/** A candidate that fails more often. */
export function moreErrors(name: string, margins: number, onset: number, excess: Regression['excess']): Regression {
  return { name, metric: 'errors', onset, margins, excess };
}

/** Creates regressions whose sizes are multiples of the plan's margins, by minutes since the onset. */
export function inMargins(errorMargin: number, slowMargin: number) {
  return {
    errors: (name: string, margins: number, onset: number, sizeOf: (since: number, share: number) => number) =>
      moreErrors(name, margins, onset, (since, share) => errorMargin * sizeOf(since, share)),
    slow: (
      name: string,
      margins: number,
      onset: number,
      sizeOf: (since: number, share: number) => number,
    ): Regression => ({
      name,
      metric: 'slow',
      onset,
      margins,
      excess: (since, share) => slowMargin * sizeOf(since, share),
    }),
  };
}

/** Sizes are in multiples of the plan's margin. */
export function regressions(errorMargin: number, slowMargin: number): readonly Regression[] {
  const constant = (name: string, margins: number, onset: number) =>
    moreErrors(name, margins, onset, () => margins * errorMargin);
  return [
    constant('errors ½ × margin', 0.5, 0),
    constant('errors 1 × margin', 1, 0),
    constant('errors 2 × margin', 2, 0),
    constant('errors 20 × margin', 20, 0),
    constant('errors 2 × margin after 40 min', 2, 40),
    constant('errors 20 × margin after 40 min', 20, 40),
    moreErrors('one route of ten, 4 × margin in all', 4, 0, () => 0.1 * 40 * errorMargin),
    moreErrors('leak, 8 × margin in 2 h', 8, 0, (since) => 8 * errorMargin * Math.min(1, since / 120)),
    moreErrors('only at ≥ 50 %, 4 × margin', 4, 0, (_since, share) => (share >= 0.5 ? 4 * errorMargin : 0)),
    { name: 'slow 2 × margin', metric: 'slow', onset: 0, margins: 2, excess: () => 2 * slowMargin },
  ];
}
