import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { InvalidPlanError } from '../../core/model/errors.ts';
import { parsePlan, planSchema } from '../../core/model/plan.ts';

function problemsOf(input: unknown): string[] {
  try {
    parsePlan(input);
    return [];
  } catch (error) {
    if (error instanceof InvalidPlanError) return error.problems.map((p) => `${p.path}: ${p.message}`);
    throw error;
  }
}

describe('a plan', () => {
  it('has the defaults of a careful operator', () => {
    const plan = parsePlan({});
    expect(plan.shadow.percent).toBe(5);
    expect(plan.stages.map((s) => s.percent)).toEqual([1, 10, 50, 90, 99, 100]);
    expect(plan.stages[0]?.bake).toBe(3600);
    expect(plan.soak.duration).toBe(48 * 3600);
    expect(plan.retention).toBe(7 * 86_400);
    expect(plan.gate.onUndecided).toBe('rollback');
  });

  it('keeps ISO-8601 in JSON and seconds in memory, both ways', () => {
    const plan = parsePlan({ retention: 'P10D', stages: [{ percent: 100, bake: 'PT90M' }] });
    const written = z.encode(planSchema, plan);
    expect(written.retention).toBe('P10D');
    expect(written.stages?.[0]?.bake).toBe('PT1H30M');
    expect(parsePlan(written)).toEqual(plan);
  });

  it('lets a stage wait for a long warm-up that it is held for', () => {
    const stages = [{ percent: 100, bake: 'PT10M', maxHold: 'PT10M' }];
    expect(problemsOf({ gate: { warmUp: 'PT1H', onUndecided: 'hold' }, stages })).toEqual([]);
    expect(problemsOf({ gate: { warmUp: 'PT19M' }, stages })).toEqual([]);
  });

  it('allows stages below one percent', () => {
    expect(
      parsePlan({
        stages: [
          { percent: 0.1, bake: 'PT1H' },
          { percent: 100, bake: 'PT1H' },
        ],
      }).stages[0]?.percent,
    ).toBe(0.1);
  });

  it.each([
    [{ colour: 'red' }, 'colour: unknown key'],
    [{ gate: { alpah: 0.1 } }, 'gate.alpah: unknown key'],
    [{ shadow: { duration: '1h' } }, 'shadow.duration: must be an ISO-8601 duration such as PT1H or P2D (got "1h")'],
    [{ retention: 'PT1S' }, 'retention: must be PT1M to P90D (got PT1S)'],
    [{ stages: [{ percent: 0.05, bake: 'PT1H' }] }, 'stages.0.percent:'],
    [{ stages: [{ percent: 50, bake: 'PT1H' }] }, 'stages.0.percent: the last stage must be 100'],
    [
      {
        stages: [
          { percent: 50, bake: 'PT1H' },
          { percent: 10, bake: 'PT1H' },
          { percent: 100, bake: 'PT1H' },
        ],
      },
      'stages.1.percent: must be above the stage before it (50)',
    ],
    [
      { gate: { observe: 'PT10M' }, stages: [{ percent: 100, bake: 'PT5M' }] },
      'stages.0.bake: is shorter than gate.observe',
    ],
    [{ soak: { duration: 'PT5M', observe: 'PT1H' } }, 'soak.duration: is shorter than soak.observe'],
    [{ shadow: { duration: 'PT5M', observe: 'PT1H' } }, 'shadow.duration: is shorter than shadow.observe'],
    [{ cohort: { bake: 'PT1M' }, gate: { observe: 'PT15M' } }, 'cohort.bake: is shorter than gate.observe'],
    [
      { gate: { warmUp: 'PT20M' }, stages: [{ percent: 100, bake: 'PT10M', maxHold: 'PT10M' }] },
      'gate.warmUp: is not over when a stage ends undecided, 20 min after its start',
    ],
    [
      { gate: { warmUpErrors: 'PT1H' }, stages: [{ percent: 100, bake: 'PT10M', maxHold: 'PT20M' }] },
      'gate.warmUpErrors: is not over when a stage ends undecided, 30 min after its start',
    ],
    [
      {
        stages: [{ percent: 100, bake: 'PT10M', maxHold: 'PT20M' }],
        metrics: [
          {
            kind: 'guard',
            name: 'cpu',
            value: { source: 'ecs', usage: 'cpu' },
            limit: 90,
            settleAfter: 'PT30M',
          },
        ],
      },
      'metrics.0.settleAfter: is not over when a stage ends undecided, 30 min after its start',
    ],
    [{ gate: { accelerate: true, minBake: 'P1D' } }, 'gate.minBake: is not below the bake of any stage'],
    [{ gate: { errorTolerance: { absolute: 0.005 } } }, 'gate.errorTolerance.absolute: must be below gate.errorMargin'],
    [{ gate: { slowTolerance: { absolute: 0.4 } } }, 'gate.slowTolerance.absolute: must be below gate.slowMargin'],
    [{ gate: { alpha: 0.5 } }, 'gate.alpha: must be at most 0.2 (got 0.5)'],
    [{ gate: { errorMargin: 0.2 } }, 'gate.errorMargin: must be below gate.maxErrorRate'],
    ['10 %', 'plan: '],
  ])('refuses %j and names the field', (input, problem) => {
    expect(problemsOf(input).join('\n')).toContain(problem);
  });
});
