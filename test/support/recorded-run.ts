import { decisionLogLines, parseEntry, parseHeader } from '../../core/model/decision-log.ts';
import type { MinuteEvidence } from '../../core/model/evidence.ts';
import type { LogEntry } from '../../core/model/lease.ts';
import { type PlanInput, planSchema } from '../../core/model/plan.ts';
import type { ParityVerdict } from '../../core/model/ports.ts';
import { parseState, stateToJson } from '../../core/model/run-state.ts';
import { Replay, type ReplayedLook, type ReplaySummary } from '../../core/phases/replay.ts';
import { makeHandler as baseline } from '../../lambdas/baseline.ts';
import { makeHandler as shift } from '../../lambdas/shift.ts';
import { makeHandler as watch } from '../../lambdas/watch.ts';
import { DEPLOYMENT } from './deployment.ts';
import { CUTOVER, MemoryWorld } from './memory-world.ts';
import { begun } from './run.ts';

const MINUTE = 60_000;

/** Returns the evidence of one minute of a stage, given the number of the stage and the minute within it. */
export type Traffic = (stage: number, minute: number, at: number) => MinuteEvidence;

/**
 * Takes a run through the stages of a plan with the real handlers, one evaluation per minute, until it leaves them.
 * @returns its decision log
 */
export async function recordedRun(
  plan: PlanInput,
  traffic: Traffic,
  each: (world: MemoryWorld, stage: number, minute: number) => void = () => {},
  /** Parity verdict for one evaluation of the soak. @default the soak is not evaluated */
  inSoak?: ParityVerdict,
  world = new MemoryWorld(),
): Promise<LogEntry[]> {
  let json = await baseline(world)(stateToJson(await begun(world, plan)));
  json = { ...json, phase: 'shadowSignoff' };
  for (;;) {
    let state = parseState(await shift(world)(json));
    if (state.phase === 'soak' && inSoak !== undefined) {
      world.parityVerdict = inSoak;
      world.minuteEvidence = [];
      await watch(world)(stateToJson(state));
    }
    if (state.phase !== 'stage') return world.log;
    world.minuteEvidence = [];
    for (let minute = 0; ; minute++) {
      world.minuteEvidence.push(traffic(state.stage, minute, world.now));
      world.now += MINUTE;
      each(world, state.stage, minute);
      state = parseState(await watch(world)(stateToJson(state)));
      if (state.next === 'rollback') return world.log;
      if (state.next !== 'hold') break;
    }
    json = stateToJson(state);
  }
}

/** Writes the log in its file format, reads it again and replays it, as the operator's commands do. */
export function replayed(
  log: readonly LogEntry[],
  plan?: PlanInput,
): { looks: ReplayedLook[]; summary: ReplaySummary } {
  const [header = '', ...entries] = decisionLogLines({ ingressId: DEPLOYMENT.ingressId, cutoverId: CUTOVER }, log);
  parseHeader(header);
  const replay = new Replay(plan === undefined ? null : planSchema.parse(plan));
  const looks = entries.flatMap((text, i) => replay.add(parseEntry(text, i + 2), i + 2) ?? []);
  return { looks, summary: replay.summary() };
}
