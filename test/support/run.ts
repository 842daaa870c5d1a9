import { type PlanInput, parsePlan } from '../../core/model/plan.ts';
import { type CutoverState, parseState, stateToJson } from '../../core/model/run-state.ts';
import { makeHandler as preflight } from '../../lambdas/preflight.ts';
import { makeHandler as shift } from '../../lambdas/shift.ts';
import { CUTOVER, EXECUTION, type MemoryWorld } from './memory-world.ts';

export const PREFLIGHT_EVENT = {
  input: { plan: {} },
  executionArn: EXECUTION,
  executionName: CUTOVER,
  startedAt: '2026-11-24T08:00:00.000Z',
};

/** Returns a run that has passed preflight in the given world. */
export async function begun(world: MemoryWorld, plan: PlanInput = {}): Promise<CutoverState> {
  return parseState(await preflight(world)({ ...PREFLIGHT_EVENT, input: { plan } }));
}

/** Returns a run whose candidate answers the share of the first stage. */
export async function atFirstStage(world: MemoryWorld, plan: PlanInput = {}): Promise<CutoverState> {
  const state = await begun(world, plan);
  await world.ledger.recordCapacity(state, world.stableTasks, 'full');
  return parseState(
    await shift(world)(
      stateToJson({ ...state, phase: 'shadowSignoff', baseline: world.baselineSummary, capacity: world.stableTasks }),
    ),
  );
}

export const PLAN = parsePlan({});
