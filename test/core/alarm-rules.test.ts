import { describe, expect, it } from 'vitest';
import {
  type AlarmExposure,
  type AlarmMinute,
  connectionErrorExcess,
  elbErrorPercent,
  errorExcess,
  falseAlarmBound,
} from '../../core/gate/alarm-rules.ts';
import { binomial, generator } from '../support/random.ts';

const side = (requests: number, target5xx = 0, connectionErrors = 0) => ({ requests, target5xx, connectionErrors });
const minute = (stable: ReturnType<typeof side>, candidate: ReturnType<typeof side>, elb5xx = 0, others = 0) => ({
  stable,
  candidate,
  requests: stable.requests + candidate.requests + others,
  elb5xx,
});

/** The default ramp as the planner accepts it at 50 rps, and shares of the traffic at other rates. */
const ramp = (rps: number, stages: readonly (readonly [share: number, minutes: number])[]): AlarmExposure[] =>
  stages.map(([share, minutes]) => ({
    candidatePerMinute: rps * 60 * share,
    stablePerMinute: rps * 60 * (1 - share),
    minutes,
  }));
const RAMPS: readonly (readonly [string, AlarmExposure[]])[] = [
  [
    '5 rps',
    ramp(5, [
      [0.1, 240],
      [0.5, 60],
      [1, 60],
    ]),
  ],
  [
    '50 rps',
    ramp(50, [
      [0.01, 240],
      [0.1, 60],
      [0.5, 60],
      [1, 60],
    ]),
  ],
  [
    '500 rps',
    ramp(500, [
      [0.01, 60],
      [0.1, 60],
      [0.5, 60],
      [1, 60],
    ]),
  ],
  [
    '5,000 rps',
    ramp(5_000, [
      [0.01, 60],
      [0.1, 60],
      [0.5, 60],
      [1, 60],
    ]),
  ],
];

type Rule = (minute: AlarmMinute) => number;

/** How many of `runs` healthy cutovers trip an alarm that goes red at 2 of 3 minutes. */
function trips(
  exposures: readonly AlarmExposure[],
  rule: Rule,
  threshold: number,
  draw: (n: number) => ReturnType<typeof side>,
  runs: number,
): number {
  let tripped = 0;
  for (let run = 0; run < runs; run++) {
    const red = exposures.some(({ stablePerMinute, candidatePerMinute, minutes }) => {
      let recent = [false, false];
      for (let i = 0; i < minutes; i++) {
        const breach =
          rule(minute(draw(Math.round(stablePerMinute)), draw(Math.round(candidatePerMinute)))) > threshold;
        if (breach && recent.includes(true)) return true;
        recent = [recent[1] ?? false, breach];
      }
      return false;
    });
    if (red) tripped++;
  }
  return tripped;
}

describe('the alarm on errors', () => {
  it.each(
    RAMPS.flatMap(([name, exposures]) =>
      (name === '5 rps' ? [0.001, 0.003, 0.005, 0.009] : [0.001, 0.003, 0.005, 0.009, 0.02]).map(
        (rate) => [name, rate, exposures] as const,
      ),
    ),
  )('stays quiet at %s beside a stable side that fails %d of its requests as well', (_name, rate, exposures) => {
    const next = generator(7);
    expect(trips(exposures, errorExcess, 5, (n) => side(n, binomial(next, n, rate)), 40)).toBe(0);
    expect(falseAlarmBound(exposures, rate, 5)).toBeLessThan(1e-3);
  });

  it('is red at the second minute of a candidate that fails everything, from 20 requests a minute on', () => {
    expect(errorExcess(minute(side(2_970), side(20, 20)))).toBe(100);
    expect(errorExcess(minute(side(2_970), side(0, 0, 30)))).toBe(100);
  });

  it('is red for a candidate that fails three in ten where the stable side fails one in a hundred', () => {
    expect(errorExcess(minute(side(2_700, 27), side(300, 90)))).toBeCloseTo(27);
  });

  it('stays quiet while an outage takes both sides alike: going back would help nobody', () => {
    expect(errorExcess(minute(side(2_700, 810), side(300, 90)))).toBeLessThan(0);
    // Each side's clients try again by a factor of their own.
    expect(errorExcess(minute(side(2_700, 135), side(300, 58)))).toBeLessThan(5);
  });

  it('goes by the candidate alone where no stable side is left', () => {
    expect(errorExcess(minute(side(0), side(3_000, 300)))).toBeCloseTo(10);
  });
});

describe('the alarm on refused connections', () => {
  it.each(RAMPS.flatMap(([name, exposures]) => [1e-5, 3e-5, 1e-4].map((rate) => [name, rate, exposures] as const)))(
    'stays quiet at %s where both sides refuse %d of the requests',
    (_name, rate, exposures) => {
      const next = generator(11);
      expect(trips(exposures, connectionErrorExcess, 1, (n) => side(n, 0, binomial(next, n, rate)), 40)).toBe(0);
      expect(falseAlarmBound(exposures, rate, 1)).toBeLessThan(1e-3);
    },
  );

  it('sees a candidate whose tasks are gone', () => {
    expect(connectionErrorExcess(minute(side(2_970), side(0, 0, 30)))).toBe(100);
  });
});

describe("the alarm on the load balancer's own 5xx", () => {
  it('counts them as the cutover’s while nearly all requests are the cutover’s', () => {
    expect(elbErrorPercent(minute(side(2_700), side(300), 300))).toBe(10);
  });

  it('leaves them to the gate where other services share the load balancer', () => {
    expect(elbErrorPercent(minute(side(2_700), side(300), 300, 1_000))).toBe(0);
  });

  it('takes no notice of a handful', () => {
    expect(elbErrorPercent(minute(side(90), side(10), 5))).toBe(0);
  });
});

describe('the bound on false alarms', () => {
  it('is no smaller than what a simulation with a tight threshold shows', () => {
    const exposures = ramp(10, [[0.1, 60]]);
    const next = generator(3);
    const runs = 1_000;
    const seen = trips(exposures, errorExcess, 0.5, (n) => side(n, binomial(next, n, 0.03)), runs) / runs;
    expect(seen).toBeGreaterThan(0);
    expect(falseAlarmBound(exposures, 0.03, 0.5)).toBeGreaterThan(seen);
  });

  it('says that a threshold below the noise is no threshold', () => {
    expect(falseAlarmBound(ramp(50, [[0.1, 240]]), 0.02, 0.1)).toBe(1);
  });
});
