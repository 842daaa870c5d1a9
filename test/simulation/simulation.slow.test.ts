import { beforeAll, describe, expect, it } from 'vitest';
import type { Deps } from '../../lambdas/tasks/index.ts';
import { REAL_HANDLERS } from '../../rehearsal/simulation/handlers.ts';
import { type Program, simulate } from '../../rehearsal/simulation/index.ts';
import { DEPLOYMENTS, RULE_EDITS, SIMULATED_HANDLERS, STRAYS } from '../../rehearsal/simulation/scenario/index.ts';
import { sharedProgram } from '../support/program.ts';
import { firstBroken } from './first-broken.ts';

const START = { type: 'start', at: 120, site: 'a', drill: false } as const;

let program: Program;
beforeAll(async () => {
  program = await sharedProgram();
});

describe('a simulated cutover', () => {
  it('goes through although the clock of any function is wrong by up to two minutes, and metrics come up to three late', async () => {
    const skews = SIMULATED_HANDLERS.flatMap((handler) =>
      [-120, -27, 27, 120].map((seconds) => ({ handler, seconds })),
    );
    for (const [seed, { handler, seconds }] of skews.entries()) {
      const skew = { type: 'skew', site: 'a', handler, seconds } as const;
      const { ends, violations } = await simulate(program, { seed, items: [START, skew] });
      expect({ handler, seconds, ends, violations }).toEqual({
        handler,
        seconds,
        ends: { SUCCEEDED: 1 },
        violations: [],
      });
    }
  });
});

describe('while a rule of somebody else forwards to the stable side', () => {
  const thief = { type: 'thief', at: 1_200, site: 'a', group: 'stable', share: 0, for: 3_600 } as const;
  const scenario = { seed: 1, items: [START, thief] };

  it('a decommission waits, people are told, and the run completes once the rule has gone', async () => {
    const { ends, violations, virtualMs, trace } = await simulate(program, scenario);
    expect({ ends, violations }).toEqual({ ends: { SUCCEEDED: 1 }, violations: [] });
    expect(virtualMs).toBeGreaterThan(4_800_000);
    expect(trace.join('\n')).toContain('decommission waits');
  });

  it('a decommission that does not look is found', async () => {
    const blind: Deps['surroundings']['rules'] = async () => [];
    const wrap = (deps: Deps) => ({ ...deps, surroundings: { ...deps.surroundings, rules: blind } });
    const { violations } = await simulate(program, scenario, { wrap });
    expect(violations.map(({ invariant }) => invariant)).toContain('tasks of others');
  });
});

describe('a person has hands on what a run stands on', () => {
  const at = 900;
  /** The edit happens while the candidate answers a stage, so every edit of a rule is drift. */
  it.each(RULE_EDITS)('a rule is %s: the customers go back, and people are told', async (edit) => {
    const rule = { type: 'rule', at, site: 'a', rule: 1, edit, for: null } as const;
    const { ends, violations } = await simulate(program, { seed: 1, items: [START, rule] });
    expect({ ends, violations }).toEqual({ ends: { 'ABORTED Crossfade.RolledBack': 1 }, violations: [] });
  });

  it('a rule is edited so that the mirror is nobody’s, and its groups are deleted: the customers go back all the same', async () => {
    const rule = { type: 'rule', at, site: 'a', rule: 0, edit: 'ungrouped', for: null } as const;
    const { ends, violations } = await simulate(program, { seed: 1, items: [START, rule] });
    expect({ ends, violations }).toEqual({ ends: { 'ABORTED Crossfade.RolledBack': 1 }, violations: [] });
  });

  it('the watchdog is switched off for half an hour: a healthy run completes', async () => {
    const off = { type: 'unwatched', at, site: 'a', for: 1_800 } as const;
    const { ends, violations } = await simulate(program, { seed: 1, items: [START, off] });
    expect({ ends, violations }).toEqual({ ends: { SUCCEEDED: 1 }, violations: [] });
  });

  it.each(['fails', 'hangs', 'slow'] as const)(
    'the watchdog is switched off and the candidate %s: the customers go back',
    async (how) => {
      const off = { type: 'unwatched', at: 600, site: 'a', for: 3_600 } as const;
      const sick = { type: 'sick', at, site: 'a', how, share: 0.5, for: 3_600 } as const;
      const { ends, violations } = await simulate(program, { seed: 1, items: [START, off, sick] });
      expect(violations).toEqual([]);
      expect(Object.keys(ends)).toEqual([expect.stringContaining('Crossfade.RolledBack')]);
    },
  );

  it.each(['ALARM', 'INSUFFICIENT_DATA', 'muted', 'off', 'deleted'] as const)(
    'a rollback alarm is %s for ten minutes, and later as it was',
    async (edit) => {
      const alarm = { type: 'alarm', at, site: 'a', alarm: 'errors', edit, for: 600 } as const;
      const { ends, violations } = await simulate(program, { seed: 1, items: [START, alarm] });
      expect(violations).toEqual([]);
      // The run rolls back if an alarm is red or cannot act; if the alarm has no data or does not exist, the run waits.
      const back = ['ALARM', 'muted', 'off'].includes(edit);
      expect(Object.keys(ends)).toEqual([back ? expect.stringContaining('Crossfade.RolledBack') : 'SUCCEEDED']);
    },
  );
});

describe('what may come in the midst of a healthy run', () => {
  /** In the canary, in the last stage and in the soak. */
  const MOMENTS = [500.02, 905.02, 1_268.02] as const;
  const harmless = [
    ...DEPLOYMENTS.map((change) => ({ type: 'deploy', change }) as const),
    ...STRAYS.map((event) => ({ type: 'stray', event }) as const),
    { type: 'throttled', handler: null, for: 240 } as const,
    { type: 'throttled', handler: 'rollback', for: 1_800 } as const,
    { type: 'scale', side: 'candidate', tasks: 3, for: 600 } as const,
    { type: 'start', drill: false, again: true } as const,
  ];

  it.each(harmless)('%j leaves it alone', async (item) => {
    for (const at of MOMENTS) {
      const { ends, violations } = await simulate(program, { seed: 1, items: [START, { ...item, at, site: 'a' }] });
      expect({ at, ends, violations }).toEqual({ at, ends: { SUCCEEDED: 1 }, violations: [] });
    }
  });

  it('a sign-off takes its first answer, and another a moment later is none', async () => {
    const answered = async (answer: 'approve-refuse' | 'refuse-approve') => {
      const item = { type: 'signoff', site: 'a', nth: 0, answer, after: 60 } as const;
      return simulate(program, { seed: 1, items: [START, item] });
    };
    expect(await answered('approve-refuse')).toMatchObject({ ends: { SUCCEEDED: 1 }, violations: [] });
    expect(await answered('refuse-approve')).toMatchObject({
      ends: { 'FAILED Crossfade.RolledBack': 1 },
      violations: [],
    });
  });

  it('the candidate is left with a task for everybody: the customers go back', async () => {
    const scale = { type: 'scale', at: 905, site: 'a', side: 'candidate', tasks: 1, for: 3_600 } as const;
    const { ends, violations } = await simulate(program, { seed: 1, items: [START, scale] });
    expect(violations).toEqual([]);
    expect(Object.keys(ends)).toEqual([expect.stringContaining('Crossfade.RolledBack')]);
  });

  it('what nobody has room for is brought back by the watchdog', async () => {
    const full = { type: 'throttled', at: 899, site: 'a', handler: 'rollback', for: 3_000 } as const;
    const sick = { type: 'sick', at: 900, site: 'a', share: 1, for: 3_000 } as const;
    const { violations, toSafe } = await simulate(program, { seed: 1, items: [START, full, sick] });
    expect(violations).toEqual([]);
    expect(toSafe).toHaveLength(1);
  });
});

describe('the observer has teeth: it finds', () => {
  it('a candidate that has too few tasks and keeps its customers', async () => {
    const date = { type: 'date', utc: '2027-01-01T00:00:00Z' } as const;
    const scale = { type: 'scale', at: 1_100, site: 'a', side: 'candidate', tasks: 1, for: 7_200 } as const;
    const blindFrom = Date.parse(date.utc) + scale.at * 1000;
    // Neither the gate nor the alarms notice any of this.
    const wrap = (deps: Deps) => {
      const minutes: Deps['metrics']['minutes'] = async (...asked) =>
        deps.clock.now() < blindFrom ? deps.metrics.minutes(...asked) : [];
      return { ...deps, metrics: { ...deps.metrics, minutes } };
    };
    const handlers = { ...REAL_HANDLERS, rollback: () => async () => ({}) };
    const { violations } = await simulate(program, { seed: 1, items: [START, date, scale] }, { wrap, handlers });
    expect(violations.map(({ invariant }) => invariant)).toContain('sick side');
  });

  it('a rollback whose write the listener never sees: the dead candidate keeps its customers', async () => {
    const seed = await firstBroken(program, 'dead side', (deps, handler) =>
      handler === 'rollback' || handler === 'watchdog'
        ? { ...deps, ingress: { ...deps.ingress, write: async () => {} } }
        : deps,
    );
    expect(seed).not.toBeNull();
  });

  it('all traffic on a side that looks healthy and is dead', async () => {
    const healthy: Deps['ingress']['health'] = async () => ({ healthy: 4, unhealthy: 0, registered: 4 });
    const seed = await firstBroken(program, 'dead side', (deps) => ({
      ...deps,
      ingress: { ...deps.ingress, health: healthy },
    }));
    expect(seed).not.toBeNull();
  });
});
