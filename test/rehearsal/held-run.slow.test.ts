/**
 * Checks that an execution outlives a long wait: a stage that is undecided and held by the plan must not use up the
 * execution's history.
 */
import { describe, expect, it } from 'vitest';
import { parseState, stateToJson } from '../../core/model/run-state.ts';
import { EVENTS_PER_OBSERVATION, HISTORY_BUDGET, HISTORY_LIMIT } from '../../core/phases/timeline.ts';
import { makeHandler as watch } from '../../lambdas/watch.ts';
import { cutoverMachineOf, machineDefinitionOf } from '../../rehearsal/cloud/from-template.ts';
import { LocalMachine } from '../../rehearsal/cloud/states/step-functions.ts';
import { Names } from '../../rehearsal/cloud/template/names.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { atFirstStage } from '../support/run.ts';

const YEAR_MS = 365 * 86_400_000;

/** Runs the synthesised machine from the first wait of its stages. The clock advances by the length of each wait. */
async function held(forMs: number) {
  const assembly = await sharedAssembly();
  const names = new Names(assembly);
  const { States } = machineDefinitionOf(cutoverMachineOf(assembly, names), names);
  const definition = { States, StartAt: 'Stage interval' };
  const world = new MemoryWorld();
  const state = await atFirstStage(world, { gate: { onUndecided: 'hold' } });
  const look = watch(world);
  const began = world.now;
  const waits: number[] = [];
  const clock = {
    now: () => world.now,
    speed: 1,
    toRealMs: () => 0,
    after: () => () => {},
    every: () => () => {},
    sleep: async () => {},
  };
  const execution = await new Promise<ReturnType<LocalMachine['start']>>((resolve) => {
    const machine: LocalMachine = new LocalMachine({
      arn: 'arn:aws:states:local-1:000000000000:stateMachine:held',
      definition: () => definition,
      clock,
      invoke: async (_arn, event) => {
        const { waitSeconds } = parseState(event);
        world.now += waitSeconds * 1000;
        waits.push(waitSeconds);
        if (world.now - began < forMs) return look(event);
        setImmediate(() => resolve(started));
        return new Promise(() => {});
      },
      onState: () => {},
      onEnd: resolve,
    });
    const started = machine.start('held', stateToJson(state));
  });
  return { execution, waits, hours: (world.now - began) / 3_600_000, log: world.log };
}

describe('an undecided stage that is held until people decide', () => {
  it('does not use up the history of its execution within the year that one may last', async () => {
    const { execution, waits } = await held(YEAR_MS);
    expect(execution).toMatchObject({ status: 'RUNNING', error: null });
    expect(execution.history.events.length).toBeLessThan(HISTORY_LIMIT - HISTORY_BUDGET + 124 * EVENTS_PER_OBSERVATION);
    // Evaluations come at the plan's interval during the bake, and less and less often after it.
    expect(waits.slice(0, 60)).toEqual(Array(60).fill(60));
    expect(Math.max(...waits)).toBe(86_400);
  });

  it('takes as many events for each look as the planner counts', async () => {
    const { execution, waits } = await held(3_600_000);
    const { events } = execution.history;
    const begins = events.filter(({ type }) => type === 'WaitStateEntered').map(({ id }) => id);
    expect(begins).toHaveLength(waits.length);
    for (const [i, id] of begins.entries()) if (i > 0) expect(id - (begins[i - 1] ?? 0)).toBe(EVENTS_PER_OBSERVATION);
  });
});
