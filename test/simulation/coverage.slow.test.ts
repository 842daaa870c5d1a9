/**
 * Checks what the simulation covers, because it cannot judge what never happens in it: every actor acts, every fault
 * occurs, and a good part of the runs completes.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Program } from '../../rehearsal/simulation/definition.ts';
import {
  ANSWERS,
  CALLS,
  DEPLOYMENTS,
  draw,
  FATES,
  FIRST_SEED,
  SECOND_PERSONS,
  SIMULATED_HANDLERS,
  STEERINGS,
  STRAYS,
} from '../../rehearsal/simulation/scenario/index.ts';
import { simulate } from '../../rehearsal/simulation/simulation.ts';
import { sharedProgram } from '../support/program.ts';
import { KEPT_STORIES } from './kept-stories.ts';

/** Enough for every call and every fault; fewer do if these have happened by then. */
const MOST_SEEDS = 400;
/** Enough to tell how the runs end. */
const LEAST_SEEDS = 100;
/** Number of seeds that is enough for each kind of trial to occur. */
const TRIALS = 60;

/**
 * Faults by their names in the journal: those of calls, events, sign-offs and people's requests, then the items that
 * happen at a given time.
 */
const FAULTS = [
  ...FATES,
  ...['lost', 'late', 'twice'].map((fate) => `event ${fate}`),
  ...ANSWERS.map((answer) => `signoff ${answer}`),
  ...['refused', ...STEERINGS].map((asks) => `steer ${asks}`),
  ...SECOND_PERSONS.map((second) => `second ${second}`),
  ...['start', 'operator', 'console', 'deploy', 'deaths', 'zone', 'sick', 'ledger', 'outage', 'skew'],
  ...['rule', 'thief', 'alarm', 'unwatched', 'approve given', 'approve refused'],
  ...['scale', 'throttled', 'throttled call', 'start again', ...DEPLOYMENTS.map((change) => `deploy ${change}`)],
  ...STRAYS.map((event) => `stray ${event}`),
  ...['lag', 'crowd', 'cookie'],
];

describe(`in ${MOST_SEEDS} seeds at most, and in the stories that are kept`, () => {
  let calls: Record<string, number> = {};
  let faults: Record<string, number> = {};
  let ends: Record<string, number> = {};

  beforeAll(async () => {
    const program: Program = await sharedProgram();
    for (const [, scenario] of KEPT_STORIES) calls = added(calls, (await simulate(program, scenario)).calls);
    for (let seed = 1; seed <= TRIALS; seed++)
      faults = added(faults, (await simulate(program, draw(FIRST_SEED.trials + seed))).faults);
    for (let seed = 1; seed <= MOST_SEEDS; seed++) {
      const outcome = await simulate(program, draw(seed % 2 === 0 ? seed : FIRST_SEED.strains + seed));
      calls = added(calls, outcome.calls);
      faults = added(faults, outcome.faults);
      ends = added(ends, outcome.ends);
      if (
        seed >= LEAST_SEEDS &&
        SIMULATED_HANDLERS.every((handler) => unmetCalls(handler).length === 0) &&
        unmetFaults().length === 0
      )
        break;
    }
    console.log(JSON.stringify({ calls, faults, ends }));
  });

  const unmetCalls = (handler: keyof typeof CALLS) => CALLS[handler].filter((step) => !calls[`${handler} ${step}`]);
  const unmetFaults = () => FAULTS.filter((fault) => !faults[fault]);

  it.each(SIMULATED_HANDLERS)('%s makes every call that a drawn fault may meet', (handler) => {
    expect(unmetCalls(handler)).toEqual([]);
  });

  it('every kind of fault is met', () => {
    expect(unmetFaults()).toEqual([]);
  });

  it('a good part of the runs completes, and a good part goes back', () => {
    const runs = Object.values(ends).reduce((a, b) => a + b, 0);
    expect((ends.SUCCEEDED ?? 0) / runs).toBeGreaterThan(0.25);
    expect((ends['FAILED Crossfade.RolledBack'] ?? 0) / runs).toBeGreaterThan(0.1);
  });
});

function added(sum: Readonly<Record<string, number>>, more: Readonly<Record<string, number>>): Record<string, number> {
  const all = { ...sum };
  for (const [key, n] of Object.entries(more)) all[key] = (all[key] ?? 0) + n;
  return all;
}
