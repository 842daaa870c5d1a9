import { describe, expect, it } from 'vitest';
import {
  type AlarmExposure,
  type AlarmMinute,
  connectionErrorExcess,
  elbErrorExcess,
  errorExcess,
  falseAlarmBound,
  mirrorErrorExcess,
} from '../../core/gate/alarm-rules.ts';
import { parsePlan } from '../../core/model/plan.ts';
import { project } from '../../core/phases/timeline.ts';
import { binomial, generator } from '../support/random.ts';

const side = (requests: number, target5xx = 0, connectionErrors = 0, answered = requests) => ({
  requests,
  target5xx,
  connectionErrors,
  answered,
});
const minute = (stable: ReturnType<typeof side>, candidate: ReturnType<typeof side>, elb5xx = 0, others = 0) => ({
  stable,
  candidate,
  requests: stable.requests + candidate.requests + others,
  elb5xx,
});

describe('the alarm on the mirror’s customers', () => {
  const direct = (target5xx: number) => ({ requests: 5_700, target5xx });

  it('is red by the default where a twentieth more of them fails than of the others', () => {
    expect(mirrorErrorExcess({ mirror: side(300, 24), direct: direct(57) })).toBeCloseTo(5);
    expect(mirrorErrorExcess({ mirror: side(300, 0, 24), direct: direct(57) })).toBeGreaterThan(4);
  });

  it('is not red where the primary fails everybody alike', () => {
    expect(mirrorErrorExcess({ mirror: side(300, 90), direct: direct(1_710) })).toBeLessThan(0);
  });

  it('asks for four times as much where no failure of the others is told: their point may be late', () => {
    expect(mirrorErrorExcess({ mirror: side(300, 57), direct: direct(0) })).toBeLessThan(5);
    expect(mirrorErrorExcess({ mirror: side(300, 63), direct: direct(0) })).toBeGreaterThan(5);
  });

  it('takes a few failures for chance', () => {
    expect(mirrorErrorExcess({ mirror: side(19, 19), direct: direct(0) })).toBe(0);
    expect(mirrorErrorExcess({ mirror: side(30, 5), direct: direct(0) })).toBe(0);
  });
});

/** Exposure at each stage: the default ramp as the planner accepts it at 50 rps, and other shares at other rates. */
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

/** Returns how many of `runs` healthy cutovers trip an alarm that goes red at 2 of 3 minutes. */
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

  it('stays quiet where one cause fails ten at a time, and the plan says so', () => {
    const next = generator(7);
    const byTens = (n: number) => side(n, 10 * binomial(next, Math.floor(n / 10), 0.02));
    const [, exposures] = RAMPS.find(([name]) => name === '5 rps') ?? ['', []];
    expect(trips(exposures, (m) => errorExcess(m, 10), 5, byTens, 40)).toBe(0);
    expect(trips(exposures, errorExcess, 5, byTens, 40)).toBeGreaterThan(0);
    expect(falseAlarmBound(exposures, 0.02, 5, 10)).toBeLessThan(1e-3);
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
    // The clients of each side retry by a different factor.
    expect(errorExcess(minute(side(2_700, 135), side(300, 58)))).toBeLessThan(5);
  });

  it('asks four times as much of the candidate alone: a neighbour of both is then not told from a fault of its own', () => {
    const alone = (failed: number) => errorExcess(minute(side(0), side(3_000, failed)));
    expect(alone(450)).toBeLessThan(5);
    expect(alone(630)).toBeGreaterThan(5);
    expect(errorExcess(minute(side(30_000), side(3_000, 450)))).toBeGreaterThan(5);
  });

  it('stays quiet while everybody fails, however few requests the stable side has left to show it', () => {
    expect(errorExcess(minute(side(2, 2), side(298, 268)))).toBeLessThan(0);
    expect(errorExcess(minute(side(6, 5), side(294, 256)))).toBeLessThan(0);
    // One failed request of the stable side says little if the candidate nearly always fails. If none of the stable
    // side's requests fails, the failures are the candidate's own.
    expect(errorExcess(minute(side(15, 1), side(285, 285)))).toBe(25);
    expect(errorExcess(minute(side(3, 0, 0, 3), side(297, 270)))).toBeGreaterThan(5);
  });

  it('takes no late point of the stable side for a zero: its requests without another answer may have failed', () => {
    // A neighbour makes both sides fail 8 %. Of the stable side, only the counts of the other answer classes have
    // arrived.
    expect(errorExcess(minute(side(150, 0, 0, 138), side(150, 12)))).toBeLessThan(5);
    // All requests of the stable side have another answer, so none of them failed and no point is late.
    expect(errorExcess(minute(side(150), side(150, 12)))).toBe(8);
  });

  it('judges the candidate as if alone where the stable side’s answers leave too much open, as upgraded connections do', () => {
    expect(errorExcess(minute(side(150, 0, 0, 100), side(150, 12)))).toBe(2);
    expect(errorExcess(minute(side(150, 0, 0, 100), side(150, 60)))).toBe(10);
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
  const asked = (requests: number, unanswered: number) => side(requests, 0, 0, requests - unanswered);

  it('counts them as the candidate’s where its targets did not answer, from the first stage on', () => {
    expect(elbErrorExcess(minute(asked(29_700, 3), asked(300, 240), 240))).toBeCloseTo(75);
  });

  it('brings nobody back to a stable side that hangs beside a healthy candidate', () => {
    expect(elbErrorExcess(minute(asked(27_000, 2_700), asked(3_000, 0), 2_700))).toBe(0);
    // Requests of the candidate whose clients hang up are unanswered too, but they are a smaller share than the stable
    // side's.
    expect(elbErrorExcess(minute(asked(27_000, 2_700), asked(3_000, 30), 2_700))).toBeLessThan(0);
  });

  it('stays quiet while an incident of the load balancer takes both sides alike', () => {
    expect(elbErrorExcess(minute(asked(15_000, 450), asked(15_000, 600), 1_050))).toBeLessThan(1);
  });

  it('asks four times as much where nobody is left to compare with', () => {
    expect(elbErrorExcess(minute(asked(0, 0), asked(30_000, 900), 900))).toBeLessThan(1);
    expect(elbErrorExcess(minute(asked(0, 0), asked(30_000, 1_500), 1_500))).toBeGreaterThan(1);
  });

  it('takes no 5xx of a small neighbour on the load balancer for the candidate’s', () => {
    expect(elbErrorExcess(minute(asked(29_700, 15), asked(300, 0), 2_500, 2_500))).toBe(0);
    expect(elbErrorExcess(minute(asked(0, 0), asked(30_000, 15), 2_500, 2_500))).toBeLessThan(1);
  });

  it('does not take requests that nobody answers for them, where there are many more', () => {
    expect(elbErrorExcess(minute(asked(29_700, 8_910), asked(300, 90), 6))).toBe(0);
    expect(elbErrorExcess(minute(asked(29_700, 594), asked(300, 6), 10))).toBeLessThan(0);
    expect(elbErrorExcess(minute(asked(29_700, 594), asked(300, 60), 30))).toBeGreaterThan(1);
  });

  it('leaves them to the gate where other services share the load balancer', () => {
    expect(elbErrorExcess(minute(asked(2_700, 0), asked(300, 300), 300, 1_000))).toBe(0);
  });

  it('takes no notice of a handful', () => {
    expect(elbErrorExcess(minute(asked(90, 0), asked(20, 5), 5))).toBe(0);
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

  it('counts on what a rate that wanders reaches, so that a plan’s limit stands above it', () => {
    const stages = [
      { percent: 99, bake: 'PT1H', maxHold: 'P2D' },
      { percent: 100, bake: 'PT15M', maxHold: 'PT2H' },
    ];
    const refusals = (errorNoise: number | null, maxErrorRate: number) =>
      project(parsePlan({ stages, gate: { maxErrorRate } }), { rps: 50, errorRate: 0.03, slowRate: null, errorNoise })
        .problems.map(({ path }) => path)
        .filter((path) => path === 'gate.maxErrorRate');
    expect(refusals(null, 0.05)).toEqual([]);
    expect(refusals(0.25, 0.05)).toEqual(['gate.maxErrorRate']);
    expect(refusals(0.25, 0.15)).toEqual([]);
  });
});
