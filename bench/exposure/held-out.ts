/**
 * Traces and regressions that were written after the gate's constants were fixed, and to which nothing was fitted. The
 * last two traces deliberately violate the gate's assumptions.
 */
import { normal } from '../../test/support/random.ts';
import { BASE, named, type Regression, steady, type Trace } from './traces.ts';

export const HELD_OUT: readonly Trace[] = [
  {
    name: 'working day',
    // Nights at a tenth, a steep morning, a dip at noon; errors double in the busy hours.
    weather: (random, rps) => {
      const phase = Math.floor(random() * 1440);
      return (minute) => {
        const hour = ((minute + phase) % 1440) / 60;
        const busy =
          hour >= 8 && hour < 18 ? (hour >= 12 && hour < 13 ? 0.9 : 1.6) : hour >= 6 && hour < 22 ? 0.7 : 0.1;
        return { ...BASE, errorRate: busy > 0.8 ? 0.002 : 0.001, requests: Math.round(60 * rps * busy) };
      };
    },
  },
  {
    name: 'flash crowd',
    // Once in two hours the traffic is eight times as high for ten minutes, and both sides suffer.
    weather: (random, rps) => {
      const offset = Math.floor(random() * 120);
      return (minute) =>
        (minute + offset) % 120 < 10
          ? { requests: 480 * rps, errorRate: 0.01, slowRate: 0.05 }
          : { ...BASE, requests: 60 * rps };
    },
  },
  {
    name: 'neighbours at random',
    // Incidents occur once in forty minutes, last one to twenty minutes, and differ in size.
    weather: (random, rps) => {
      let [left, size] = [0, 0];
      return () => {
        if (left > 0) left--;
        else if (random() < 1 / 40) [left, size] = [1 + Math.floor(20 * random()), -0.02 * Math.log(1 - random())];
        const hurt = left > 0 ? Math.min(0.3, size) : 0;
        return { requests: 60 * rps, errorRate: BASE.errorRate + hurt, slowRate: BASE.slowRate + 2 * hurt };
      };
    },
  },
  {
    name: 'wandering rates',
    // A random walk of both rates with a spread of e, and periods without any request.
    weather: (random, rps) => {
      let level = normal(random);
      return (minute) => {
        level = 0.95 * level + 0.31 * normal(random);
        const lull = (minute + Math.floor(rps)) % 97 < 5;
        return {
          requests: lull ? 0 : 60 * rps,
          errorRate: Math.min(0.05, BASE.errorRate * Math.exp(level)),
          slowRate: Math.min(0.3, 0.01 * Math.exp(level)),
        };
      };
    },
  },
  {
    name: 'cold start, two steps',
    weather: steady(() => 1),
    // Within the default warm-up and its margin: 6 % for two minutes, 2 % for two more.
    coldStart: { minutes: 4, slow: (since) => (since < 2 ? 0.06 : 0.02) },
  },
];

export const BEYOND: readonly Trace[] = [
  { name: 'cold start, ten minutes', weather: steady(() => 1), coldStart: { minutes: 10, slow: () => 0.05 } },
  { name: 'failures by fives', weather: steady(() => 1), cluster: 5 },
];

/** With an operator who configures the bursts and the worst minutes that the baseline reports. */
export const TOLD: readonly Trace[] = [
  { ...named('neighbours at random', HELD_OUT), name: 'neighbours at random, told', gate: { maxErrorRate: 0.3 } },
  { name: 'failures by fives, told', weather: steady(() => 1), cluster: 5, gate: { errorBurst: 5, slowBurst: 5 } },
];

/** The held-out traces on which 100 % missed its target, for an operator whose baseline looks back a week. */
export const WEEK: readonly Trace[] = HELD_OUT.filter(
  ({ name }) => name === 'neighbours at random' || name === 'wandering rates',
).map((trace) => ({ ...trace, name: `${trace.name}, a week's look-back`, lookBackDays: 7 }));

export function heldOutRegressions(errorMargin: number, slowMargin: number): readonly Regression[] {
  return [
    { name: 'errors 3 × margin after 17 min', metric: 'errors', onset: 17, margins: 3, excess: () => 3 * errorMargin },
    {
      name: 'leak, 6 × margin in 45 min',
      metric: 'errors',
      onset: 10,
      margins: 6,
      excess: (since) => 6 * errorMargin * Math.min(1, since / 45),
    },
    {
      name: 'on and off, 4 × margin every other 5 min',
      metric: 'errors',
      onset: 0,
      margins: 2,
      excess: (since) => (Math.floor(since / 5) % 2 === 0 ? 4 * errorMargin : 0),
    },
    { name: 'slow 3 × margin after 25 min', metric: 'slow', onset: 25, margins: 3, excess: () => 3 * slowMargin },
  ];
}
