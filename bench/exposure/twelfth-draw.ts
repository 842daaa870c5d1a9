/**
 * A twelfth draw, each with its right verdict written down before any of it was run (twelfth-draw.md has what it
 * found): ordinary days of a service that somebody operates, and the ways in which a rewrite goes wrong.
 */
import type { SideCounts } from '../../core/model/evidence.ts';
import { BASE, during, inMargins, type Regression, steady, type Trace, within } from './traces.ts';

/** What the metric store counts twice, or loses the most of: every count of the side alike. */
const timesAll = (by: number, { requests, target5xx, target5xxAtMost, answered, unanswered, slow }: SideCounts) => {
  const of = (value: SideCounts['target5xx']) => (typeof value === 'number' ? Math.round(by * value) : value);
  return {
    requests: Math.round(by * requests),
    target5xx: of(target5xx),
    ...(target5xxAtMost === undefined ? {} : { target5xxAtMost: Math.round(by * target5xxAtMost) }),
    ...(answered === undefined ? {} : { answered: of(answered) }),
    ...(unanswered === undefined ? {} : { unanswered: of(unanswered) }),
    connectionErrors: 0,
    slow: slow === null ? null : Math.round(by * slow),
  };
};

const isDeployed = (minute: number) => within(minute, 70, 4) || within(minute, 330, 4);
const isBot = (minute: number) => minute % 90 >= 55 && minute % 90 < 63;
const isTenant = (minute: number) => minute % 120 >= 40 && minute % 120 < 65;
const isMaintained = (minute: number) => within(minute, 130, 10);

/** Healthy, so each is to be promoted. */
export const TWELFTH_DRAW: readonly Trace[] = [
  {
    name: 'the daily peak: three times the traffic at minute 200, twice the failures and three times as slow at it',
    weather: (_random, rps) => (minute) => {
      const load = 1 + Math.exp(-(((minute % 1_440) - 200) ** 2) / (2 * 60 ** 2));
      return {
        requests: Math.round(60 * rps * (2 * load - 1)),
        errorRate: BASE.errorRate * load,
        slowRate: BASE.slowRate * (2 * load - 1),
      };
    },
  },
  {
    name: 'a dependency is deployed at minute 70 and 330: both fail 3 % for four minutes, five times as slow',
    weather: during(isDeployed, { errorRate: 0.03, slowRate: 0.02 }),
    yesterday: steady(() => 1),
  },
  {
    name: "the candidate's cache is cold after each step: 4 % slow, less and less for eight minutes",
    weather: steady(() => 1),
    coldStart: { minutes: 8, slow: (since) => 0.04 * Math.exp(-since / 2) },
  },
  {
    name: 'a DNS change at minute 120 takes four fifths of the traffic away within half an hour',
    weather: steady((minute) => 1 - 0.8 * Math.min(1, Math.max(0, (minute - 120) / 30))),
    yesterday: steady(() => 1),
  },
  {
    name: 'clients retry once within the minute: failures by twos, not told',
    weather: steady(() => 1, { errorRate: 0.002 }),
    clusterIn: () => () => 2,
  },
  {
    name: 'stable is scaled too late: it fails 2 % for six minutes, twice',
    weather: steady(() => 1),
    own: () => (minute) => ({ stable: within(minute, 50, 6) || within(minute, 250, 6) ? 20 : 1, candidate: 1 }),
  },
  {
    name: 'a maintenance window at minute 130: both answer 503 to nine of ten for ten minutes, a third of the traffic',
    weather: during(isMaintained, { traffic: 0.33, errorRate: 0.9 }),
    yesterday: steady(() => 1),
  },
  {
    name: "the candidate's points carry the time of a minute later, and both fail 2 % for five minutes of forty",
    weather: steady(() => 1),
    own: () => (minute) => ({
      stable: minute % 40 >= 20 && minute % 40 < 25 ? 20 : 1,
      candidate: minute % 40 >= 21 && minute % 40 < 26 ? 20 : 1,
    }),
  },
  {
    name: "the candidate's points of 5xx are six minutes late, base 0.3 %",
    weather: steady(() => 1, { errorRate: 0.003 }),
    late: () => () => ({ stable: 0, candidate: 6 }),
  },
  {
    name: "stable's points of 5xx are six minutes late, base 0.3 %",
    weather: steady(() => 1, { errorRate: 0.003 }),
    late: () => () => ({ stable: 6, candidate: 0 }),
  },
  {
    name: 'one minute in fifteen of the candidate is counted twice',
    weather: steady(() => 1),
    garbled: (counts, minute, side) => (side === 'candidate' && minute % 15 === 7 ? timesAll(2, counts) : counts),
  },
  {
    name: "an agent restarts: one minute in twenty has a tenth of the candidate's counts",
    weather: steady(() => 1),
    garbled: (counts, minute, side) => (side === 'candidate' && minute % 20 === 7 ? timesAll(0.1, counts) : counts),
  },
  {
    name: 'hardly anything fails: one request in 50,000, one in 10,000 is slow',
    weather: steady(() => 1, { errorRate: 0.000_02, slowRate: 0.000_1 }),
  },
  {
    name: 'bots: eight times the traffic for eight minutes of ninety, and 5 % of all fails',
    weather: during(isBot, { traffic: 8, errorRate: 0.05 }),
    yesterday: steady(() => 1),
  },
  {
    name: 'long polls: one request in five has no answer that is counted, three in ten are slow',
    weather: steady(() => 1, { slowRate: 0.3 }),
    hangUps: 0.2,
  },
  {
    name: 'from the weekend on: yesterday a fifth of the traffic and half of the failures',
    weather: steady(() => 1),
    yesterday: steady(() => 0.2, { errorRate: 0.0005 }),
  },
  {
    name: 'one tenant of twenty sends what fails: 2 % of both for 25 minutes of two hours, by twos',
    weather: during(isTenant, { errorRate: 0.02 }),
    clusterIn: () => (minute) => (isTenant(minute) ? 2 : 1),
    yesterday: steady(() => 1),
  },
  {
    name: 'a flag is set at minute 100: both fail 0.8 % from then on',
    weather: during((minute) => minute >= 100, { errorRate: 0.008 }),
    yesterday: steady(() => 1),
  },
  {
    name: 'each side collects its garbage, eight times as slow for a minute of 25',
    weather: steady(() => 1),
    ownSlow: (random) => {
      const [a, b] = [Math.floor(25 * random()), Math.floor(25 * random())];
      return (minute) => ({ stable: minute % 25 === a ? 8 : 1, candidate: minute % 25 === b ? 8 : 1 });
    },
  },
  {
    name: "the candidate's metrics are lost for ten minutes at minute 100 and at minute 310",
    weather: steady(() => 1),
    missing: (minute) => (within(minute, 100, 10) || within(minute, 310, 10)) && 'candidate',
  },
  {
    name: 'another service without a target from minute 150 on: 503 to as many as a third of ours',
    weather: steady(() => 1),
    foreign: (minute, rps) => ({ requests: 0, elb5xx: minute >= 150 ? 20 * rps : 0 }),
  },
  {
    name: 'half an hour of both in trouble: 5 % fail from minute 320, and clients hang up on 2 %',
    weather: during((minute) => within(minute, 320, 30), { errorRate: 0.05 }),
    hangUpsIn: (minute) => (within(minute, 320, 30) ? 0.02 : 0.0005),
    yesterday: steady(() => 1),
  },
];

/** Both degrade from minute 100 on, for forty minutes. */
export const BOTH_DEGRADE: Trace = {
  name: 'both fail 5 % for forty minutes from minute 100',
  weather: during((minute) => within(minute, 100, 40), { errorRate: 0.05 }),
  yesterday: steady(() => 1),
};
export function stillWorse(errorMargin: number): Regression {
  return inMargins(errorMargin, errorMargin).errors('10 × margin from minute 100', 10, 100, () => 10);
}

/** On steady traffic; all but the two below the margin are to be found. */
export function twelfthDrawRegressions(errorMargin: number, slowMargin: number): readonly Regression[] {
  const { errors, slow } = inMargins(errorMargin, slowMargin);
  const lost = (by: NonNullable<Regression['by']>, share: number, name: string, onset = 0) => ({
    ...errors(name, share / errorMargin, onset, () => share / errorMargin),
    by,
  });
  return [
    errors('leak, 8 × margin within six hours', 8, 0, (since) => Math.min(8, since / 45)),
    errors('a tenant with 2 % of the traffic gets nothing but errors', 4, 0, () => 4),
    errors('an endpoint with 0.8 % of the traffic is broken', 1.6, 0, () => 1.6),
    errors('one POST of ten fails, an eighth of the traffic', 2.5, 0, () => 2.5),
    slow('a pause each ten minutes: a third of the minute is slow', 16, 0, (since) => (since % 10 === 5 ? 16 : 0)),
    slow('one request in a thousand is slow', 0.05, 0, () => 0.05),
    lost('nobody', 0.12, 'clients hang up on 12 %'),
    lost('nobody', 0.04, 'clients hang up on 4 %'),
    lost('balancer', 0.03, 'answers are cut off: 502 to 3 %'),
    lost('refused', 0.02, 'connections are reset: 2 %'),
    lost('nobody', 1, 'it hangs from minute 150', 150),
    errors('it flaps: four minutes of eight, 6 × margin', 6, 0, (since) => (since % 8 < 4 ? 6 : 0)),
    errors('3 × margin from 50 % on', 3, 0, (_since, share) => (share >= 0.5 ? 3 : 0)),
    errors('a third of the tasks for a quarter of each half hour, 4 × margin', 4, 0, (s) => (s % 30 < 15 ? 4 : 0)),
    errors('a pool that runs dry: half a margin for forty minutes, then 20', 20, 0, (since) => (since < 40 ? 0.5 : 20)),
    errors('an address that expires after 65 minutes, 16 × margin', 16, 65, () => 16),
    errors('3 × margin at 100 %', 3, 0, (_since, share) => (share === 1 ? 3 : 0)),
    errors('under a crowd alone: 8 × margin in three minutes of forty', 8, 0, (since) => (since % 40 < 3 ? 8 : 0)),
  ];
}
