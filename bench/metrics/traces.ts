/** What a shop counts, minute by minute: conversions and a queue, with what goes wrong, from a seed. */
import type { MetricMinute } from '../../core/model/evidence.ts';
import { binomial, generator, normal } from '../../test/support/random.ts';

/** Share of requests that end in an order on an ordinary day. */
export const CONVERSION = 0.03;
/** Age of the oldest message of a queue, in seconds. */
const QUEUE_AGE = 60;

export interface Trace {
  readonly name: string;
  /** Returns one minute after another, with half the traffic on each side. */
  minutes(seed: number, rps: number): (minute: number) => Omit<MetricMinute, 'minute'>;
}

/** @param share of conversions on both sides by minute, and the part of them that the candidate loses */
function conversions(
  name: string,
  share: (random: () => number) => (minute: number) => number,
  lost: (minute: number) => number,
): Trace {
  return {
    name,
    minutes(seed, rps) {
      const random = generator(seed);
      const at = share(random);
      const n = Math.round(rps * 30);
      return (minute) => {
        const p = at(minute);
        return {
          stable: { n, x: binomial(random, n, p) },
          candidate: { n, x: binomial(random, n, p * (1 - lost(minute))) },
        };
      };
    },
  };
}

/** An autoregressive process with a standard deviation of `sd` and a memory of about ten minutes. */
function wandering(random: () => number, sd: number): () => number {
  let state = sd * normal(random);
  return () => {
    state = 0.9 * state + sd * Math.sqrt(1 - 0.81) * normal(random);
    return state;
  };
}

const steady = () => () => CONVERSION;
const wanders = (random: () => number) => {
  const next = wandering(random, 0.25);
  return () => CONVERSION * Math.exp(next());
};
const campaign = (random: () => number) => {
  const offset = Math.floor(random() * 120);
  return (minute: number) => ((minute + offset) % 120 < 20 ? 0.2 * CONVERSION : CONVERSION);
};

export const fallsBy = (part: number): Trace => conversions(`conversion falls by ${100 * part} %`, steady, () => part);

export const STEADY = conversions('steady', steady, () => 0);

export const HEALTHY: readonly Trace[] = [
  STEADY,
  conversions('wanders on both sides (sd 0.25)', wanders, () => 0),
  conversions('a campaign brings visitors who do not buy', campaign, () => 0),
];

/** The candidate's counter always misses one event in a hundred; nothing is wrong with its service. */
export const BIASED = conversions('counter misses 1 % on one side', steady, () => 0.01);

/** From the given minute on, no orders are placed. */
export const breaksAt = (onset: number): Trace =>
  conversions('order flow breaks', steady, (minute) => (minute >= onset ? 1 : 0));

/** Both queues wander; from minute 30 on the candidate's grows by `perMinute` seconds a minute. */
export const queue = (perMinute: number): Trace => ({
  name: perMinute === 0 ? 'queue, healthy' : `queue that grows by ${perMinute} s a minute`,
  minutes(seed) {
    const random = generator(seed);
    const [stable, candidate] = [wandering(random, 0.15), wandering(random, 0.15)];
    return (minute) => ({
      stable: { n: 1, x: QUEUE_AGE * Math.exp(stable()) },
      candidate: { n: 1, x: QUEUE_AGE * Math.exp(candidate()) + perMinute * Math.max(0, minute - 30) },
    });
  },
});
