import { beforeAll, describe, expect, it } from 'vitest';
import type { Deps } from '../../lambdas/tasks/index.ts';
import { type Program, simulate } from '../../rehearsal/simulation/index.ts';
import { RULE_EDITS, SIMULATED_HANDLERS } from '../../rehearsal/simulation/scenario/index.ts';
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
  /** In the candidate's stage: every edit of a rule is drift, but for one that makes the rule nobody's. */
  it.each(RULE_EDITS)('a rule is %s: the customers go back, and people are told', async (edit) => {
    const rule = { type: 'rule', at, site: 'a', rule: 1, edit, for: null } as const;
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
      // Whose alarm cannot act, or has, goes back; who merely knows nothing, waits.
      const back = ['ALARM', 'muted', 'off'].includes(edit);
      expect(Object.keys(ends)).toEqual([back ? expect.stringContaining('Crossfade.RolledBack') : 'SUCCEEDED']);
    },
  );
});

describe('the observer has teeth: it finds', () => {
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
