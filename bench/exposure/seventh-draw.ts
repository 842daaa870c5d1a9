/**
 * A seventh draw. The right verdict of each trace was written down before any was run and before anything was changed
 * because of it (seventh-draw.md has the results): what people on call see. Garbage collections on one side or at the
 * same moment, deployments of others, clocks that are set back, scaling that flaps, libraries that retry, connections
 * that are kept, rate limits, purges, failovers, namespaces that fall silent.
 */
import { UNKNOWN } from '../../core/model/evidence.ts';
import type { Side } from '../../sides/index.ts';
import { byClock, type Own, spell } from './sixth-draw.ts';
import { BASE, inMargins, type Regression, steady, type Trace, within } from './traces.ts';

const HOUR = 60;

/** Certain minutes of every period, the same for both sides. */
const inTurn =
  (
    period: number,
    length: number,
    more: Partial<{ load: number; errorRate: number; slowRate: number }>,
  ): Trace['weather'] =>
  (random, rps) => {
    const offset = Math.floor(period * random());
    return (minute) => {
      const { load = 1, ...rates } = (minute + offset) % period < length ? more : {};
      return { ...BASE, ...rates, requests: Math.round(60 * rps * load) };
    };
  };

/** Only one side, in certain minutes of every period. */
const ofOne =
  (side: Side, times: number, length: number, period: number): Own =>
  (random) => {
    const offset = Math.floor(period * random());
    return (minute) => ({ stable: 1, candidate: 1, [side]: (minute + offset) % period < length ? times : 1 });
  };

/**
 * Healthy, so each must be promoted: the sides are equal on average, or differ by less than half of the margin, or for
 * a minute or two during an incident of both.
 */
export const SEVENTH_DRAW: readonly Trace[] = [
  {
    name: 'the candidate alone collects garbage, slow by one margin more in a minute of ten',
    weather: steady(() => 1),
    ownSlow: ofOne('candidate', 6, 1, 10),
  },
  {
    name: 'both collect garbage in the same minute of five, the candidate a fifth longer',
    weather: inTurn(5, 1, { slowRate: 0.06 }),
    ownSlow: () => () => ({ stable: 1, candidate: 1.2 }),
  },
  {
    name: 'another service is deployed: both fail 1.5 % for four minutes and are twice as slow for good',
    yesterday: steady(() => 1),
    weather: (random, rps) => {
      const at = 20 + Math.floor(230 * random());
      return (minute) => ({
        requests: 60 * rps,
        errorRate: within(minute, at, 4) ? 0.015 : BASE.errorRate,
        slowRate: BASE.slowRate * (minute < at ? 1 : 2),
      });
    },
  },
  {
    name: 'clocks are put back: the working day begins an hour late, at once',
    weather: (random, rps) => {
      const [phase, at] = [1_440 * random(), 20 + Math.floor(230 * random())];
      return (minute) => {
        const clock = minute + phase - (minute >= at ? HOUR : 0);
        const load = 1 + 0.8 * Math.sin((clock / 720) * 2 * Math.PI);
        return {
          requests: Math.round(60 * rps * load),
          errorRate: BASE.errorRate * (0.5 + load),
          slowRate: BASE.slowRate * (0.5 + load),
        };
      };
    },
  },
  {
    name: 'scaling flaps on each side by its own clock, three times as slow for three minutes of thirteen',
    weather: steady(() => 1),
    ownSlow: byClock(3, 3, 13, 6),
  },
  {
    name: 'a client library tries once more: failures come by twos',
    weather: steady(() => 1, { errorRate: 0.002 }),
    cluster: 2,
  },
  {
    name: 'connections are kept: heavy users are with the candidate for half an hour after each shift, slow by three tenths of the margin',
    weather: steady(() => 1),
    coldStart: { minutes: 30, slow: (since) => 0.006 * (1 - since / 30) },
    exposure: { minutes: 30, share: (weight, since) => (weight >= 1 ? 1 : weight * (0.7 + Math.min(since, 30) / 100)) },
  },
  {
    name: "the candidate's limit answers 40 % with 429 in a minute of seventeen",
    weather: steady(() => 1),
    own: ofOne('candidate', 0.6, 1, 17),
    ownSlow: ofOne('candidate', 0.6, 1, 17),
  },
  {
    name: 'the CDN is purged: six times the traffic, three times as slow, half as many failures again, over within twenty minutes',
    yesterday: steady(() => 1),
    weather: (random, rps) => {
      const at = 20 + Math.floor(230 * random());
      return (minute) => {
        const purged = minute < at ? 0 : Math.exp(-(minute - at) / 6);
        return {
          requests: Math.round(60 * rps * (1 + 5 * purged)),
          errorRate: BASE.errorRate * (1 + purged / 2),
          slowRate: BASE.slowRate * (1 + 2 * purged),
        };
      };
    },
  },
  {
    name: 'targets are replaced every twenty minutes, each side fails by six tenths of the margin more in a minute of its own',
    weather: steady(() => 1),
    own: byClock(4, 1, 20, 9),
  },
  {
    name: 'a database fails over: both fail 8 % for three minutes, the candidate 2 % and 1 % in the two after it',
    yesterday: steady(() => 1),
    weather: (_random, rps) => (minute) => ({
      ...BASE,
      requests: 60 * rps,
      errorRate: within(minute, 95, 3) ? 0.08 : BASE.errorRate,
    }),
    own: () => (minute) => ({ stable: 1, candidate: minute === 98 ? 20 : minute === 99 ? 10 : 1 }),
  },
  {
    name: 'batches at the full hour keep to connections of the stable side, for five minutes',
    weather: inTurn(HOUR, 5, { load: 1.5 }),
    own: ofOne('stable', 3, 5, HOUR),
    exposure: {
      minutes: 60,
      share: (weight, _since, minute) => (weight < 1 && minute % HOUR < 5 ? weight / 1.5 : weight),
    },
  },
  {
    name: 'the namespace of failures is silent for a quarter of an hour of seventy minutes',
    weather: steady(() => 1),
    garbled: (counts, minute) =>
      minute % 70 >= 55 ? { ...counts, target5xx: UNKNOWN, target5xxAtMost: counts.target5xxAtMost } : counts,
  },
  {
    name: 'slow requests are not counted for twenty minutes of each hour',
    weather: steady(() => 1),
    garbled: (counts, minute) => (minute % HOUR >= 40 ? { ...counts, slow: 0 } : counts),
  },
  {
    name: 'a saw of traffic every four minutes, fails most at its foot',
    weather: (_random, rps) => (minute) => {
      const load = [0.4, 0.8, 1.2, 1.6][minute % 4] ?? 1;
      return { ...BASE, requests: Math.round(60 * rps * load), errorRate: BASE.errorRate / load };
    },
  },
  {
    name: 'a region that fails more keeps to the candidate, three tenths of a margin for good',
    weather: steady(() => 1),
    own: () => () => ({ stable: 1, candidate: 2.5 }),
  },
  {
    name: 'circuits break at other seconds: in a minute of 45 both fail about 10 %, each half to one and a half of it',
    weather: inTurn(45, 1, { errorRate: 0.1 }),
    own: (random) => () => ({ stable: 0.5 + random(), candidate: 0.5 + random() }),
  },
  {
    name: 'nobody finds the service for a quarter of an hour, then all come at once and both are slow',
    yesterday: steady(() => 1),
    weather: (_random, rps) => (minute) => {
      const herd = within(minute, 125, 5);
      return {
        ...BASE,
        requests: within(minute, 110, 15) ? 0 : Math.round(60 * rps * (herd ? 3 : 1)),
        slowRate: herd ? 0.05 : BASE.slowRate,
      };
    },
  },
  {
    name: 'logs are rotated once an hour, each side slow by 1.4 margins for a minute of its own',
    weather: steady(() => 1),
    ownSlow: byClock(8, 1, HOUR, 20),
  },
  {
    name: 'the load balancer itself answers 0.3 % with 503 for ten minutes of eighty',
    weather: steady(() => 1),
    foreign: (minute, rps) => ({ requests: 0, elb5xx: minute % 80 >= 70 ? Math.round(0.18 * rps) : 0 }),
  },
  {
    name: 'slow requests of both between 4 and 8 % within three hours',
    weather: (random, rps) => {
      const phase = 180 * random();
      return (minute) => ({
        ...BASE,
        requests: 60 * rps,
        slowRate: 0.06 + 0.02 * Math.sin(((minute + phase) / 180) * 2 * Math.PI),
      });
    },
  },
  {
    name: "stable's points twelve minutes late for half an hour of two, base 0.3 %",
    weather: steady(() => 1, { errorRate: 0.003 }),
    late: () => (minute) => ({ stable: minute % 120 >= 90 ? 12 : 0, candidate: 0 }),
  },
  {
    name: 'somebody tests the load: five times the traffic for twenty minutes, 3 % of it slow by its nature',
    yesterday: steady(() => 1),
    weather: spell(20, { load: 5, errorRate: BASE.errorRate / 5, slowRate: 0.03 }),
  },
  {
    name: 'ten times the traffic within five hours, as many failures as before',
    yesterday: steady(() => 0.2),
    weather: (_random, rps) => (minute) => {
      const load = 0.2 + 1.8 * Math.min(1, minute / 300);
      return { ...BASE, requests: Math.round(60 * rps * load), errorRate: (BASE.errorRate * 0.2) / load };
    },
  },
  {
    name: 'both leak: slow requests grow from 0.4 to 4 % and fall at restarts, every five hours',
    weather: (random, rps) => {
      const phase = 300 * random();
      return (minute) => ({ ...BASE, requests: 60 * rps, slowRate: 0.004 + 0.036 * (((minute + phase) % 300) / 300) });
    },
  },
];

/** On steady traffic. All must be rolled back. */
export function seventhDrawRegressions(errorMargin: number, slowMargin: number): readonly Regression[] {
  const { errors, slow } = inMargins(errorMargin, slowMargin);
  return [
    slow('garbage: slow 6 × margin in a minute of three', 2, 0, (since) => (since % 3 === 1 ? 6 : 0)),
    errors(
      'a new version in mid-stage, 2.5 × margin within five minutes',
      2.5,
      45,
      (since) => 2.5 * Math.min(1, since / 5),
    ),
    errors('the pool runs dry from a quarter of the traffic on, 5 × margin', 5, 0, (_since, share) =>
      share >= 0.25 ? 5 : 0,
    ),
    errors('errors 1.2 × margin', 1.2, 0, () => 1.2),
    errors('five minutes of each half hour, 8 × margin', 1.3, 0, (since) => (since % 30 < 5 ? 8 : 0)),
    errors('2 × margin, half of it after an hour', 2, 0, (since) => (since < HOUR ? 2 : 1)),
    {
      ...errors('kept connections are cut: the load balancer answers 1.5 × margin', 1.5, 0, () => 1.5),
      by: 'balancer',
    },
    {
      ...errors('the load balancer answers 12 × margin in a minute of six', 2, 0, (s) => (s % 6 === 2 ? 12 : 0)),
      by: 'balancer',
    },
    slow('slow requests leak, 3 × margin in 4 h', 3, 0, (since) => 3 * Math.min(1, since / 240)),
    slow('slow 2.5 × margin from minute 65', 2.5, 65, () => 2.5),
    errors('only below a twentieth of the traffic, 3 × margin', 3, 0, (_since, share) => (share < 0.05 ? 3 : 0)),
    errors('errors 2 × margin from minute 300', 2, 300, () => 2),
    errors('half of the margin for an hour, then 3 × margin', 3, 0, (since) => (since < HOUR ? 0.5 : 3)),
    errors('doubles each half hour from a quarter of the margin', 4, 0, (since) =>
      Math.min(16, 0.25 * 2 ** (since / 30)),
    ),
    errors('any minute of four, 8 × margin', 2, 0, (since) =>
      Math.imul(since + 1, 2_654_435_761) >>> 30 === 0 ? 8 : 0,
    ),
  ];
}
