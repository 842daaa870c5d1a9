/** What a simulation never does it cannot judge: every actor acts, every fault is met, and most of what may complete does. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Program } from '../../rehearsal/simulation/definition.ts';
import { CALLS, draw, FATES, SIMULATED_HANDLERS, STEERINGS } from '../../rehearsal/simulation/scenario/index.ts';
import { simulate } from '../../rehearsal/simulation/simulation.ts';
import { sharedProgram } from '../support/program.ts';

const SEEDS = 400;

/** Of events and of sign-offs, as the journal names them; then the items that happen at a time. */
const FAULTS = [
  ...FATES,
  ...['lost', 'late', 'twice'].map((fate) => `event ${fate}`),
  ...['refuse', 'silence', 'approve'].map((answer) => `signoff ${answer}`),
  ...['refused', ...STEERINGS].map((asks) => `steer ${asks}`),
  ...['start', 'operator', 'console', 'deploy', 'deaths', 'zone', 'sick', 'ledger', 'outage', 'skew'],
];

describe(`in ${SEEDS} seeds`, () => {
  let calls: Record<string, number> = {};
  let faults: Record<string, number> = {};
  let ends: Record<string, number> = {};

  beforeAll(async () => {
    const program: Program = await sharedProgram();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const outcome = await simulate(program, draw(seed));
      calls = added(calls, outcome.calls);
      faults = added(faults, outcome.faults);
      ends = added(ends, outcome.ends);
    }
    console.log(JSON.stringify({ calls, faults, ends }));
  }, 300_000);

  /** A mirror that fails where the phase depends on it is a rollback, which an alarm of the candidate mostly asks for first; test/stories holds it. */
  const RARE = new Set(['close-mirror ledger.fence']);

  it.each(SIMULATED_HANDLERS)('%s makes every call that a drawn fault may meet', (handler) => {
    expect(
      CALLS[handler].filter((step) => {
        const call = `${handler} ${step}`;
        return !RARE.has(call) && (calls[call] ?? 0) === 0;
      }),
    ).toEqual([]);
  });

  it('every kind of fault is met', () => {
    expect(FAULTS.filter((fault) => (faults[fault] ?? 0) === 0)).toEqual([]);
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
