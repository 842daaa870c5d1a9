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

/** What a minute of a stage brings; the stage's number and the minute in it are given. */
export type Traffic = (stage: number, minute: number, at: number) => MinuteEvidence;

/** A run through the stages of a plan by the real handlers, look by look, until it leaves them; its log. */
export async function recordedRun(
  plan: PlanInput,
  traffic: Traffic,
  each: (world: MemoryWorld, stage: number, minute: number) => void = () => {},
  /** Looks at the soak once, and finds this. */
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

/** Through the file and back, as the operator's commands do it. */
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
