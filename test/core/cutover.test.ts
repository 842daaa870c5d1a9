import { describe, expect, it } from 'vitest';
import { CrossfadeError } from '../../core/model/errors.ts';
import { generationSchema } from '../../core/model/ids.ts';
import { type CutoverState, PHASES, type Phase, parseState, stateToJson } from '../../core/model/run-state.ts';
import { SAFE_SPLIT } from '../../core/model/split.ts';
import { fromIso } from '../../core/model/time.ts';
import {
  awaitSignoff,
  type CutoverEvent,
  heartbeatDueAt,
  nextShift,
  reduce,
  rolledBack,
  TASK_ALLOWANCE_SECONDS,
} from '../../core/phases/reducer.ts';
import {
  ANY_TRAFFIC,
  EVENTS_PER_OBSERVATION,
  HISTORY_BUDGET,
  HISTORY_LIMIT,
  project,
} from '../../core/phases/timeline.ts';
import { baselineSummary } from '../support/baseline.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { CUTOVER, EXECUTION, START } from '../support/memory-world.ts';
import { PLAN } from '../support/run.ts';

function stateIn(phase: Phase, stage = -1): CutoverState {
  return {
    v: 1,
    cutoverId: CUTOVER,
    ingressId: DEPLOYMENT.ingressId,
    generation: generationSchema.parse(1),
    executionArn: EXECUTION,
    plan: PLAN,
    phase,
    stage,
    since: new Date(START).toISOString(),
    split: SAFE_SPLIT,
    baseline: null,
    capacity: null,
    decommissionSteps: 0,
    next: 'hold',
    reason: '',
    waitSeconds: 0,
    approval: null,
    drill: null,
    startedBy: null,
    steeringRev: 0,
    revisions: null,
    revisionRestarts: 0,
    revisedAt: null,
  };
}

const at = START + 60_000;
const observed = (decision: 'advance' | 'hold' | 'rollback'): CutoverEvent => ({
  type: 'observed',
  at,
  observation: { decision, reason: 'because' },
});
const approval = { approvedBy: 'ada', comment: '' };
const capacity = { desired: 2, running: 2, scaling: null };
const baseline = baselineSummary();

/** What each event leads to in each phase. A phase that is not listed refuses the event. */
const EVENTS: Readonly<
  Record<string, { readonly event: CutoverEvent; readonly allowed: Partial<Record<Phase, string>> }>
> = {
  baselineTaken: { event: { type: 'baselineTaken', at, baseline }, allowed: { preflight: 'baseline proceed' } },
  capacityPinned: { event: { type: 'capacityPinned', at, capacity }, allowed: { baseline: 'baseline hold' } },
  exerciseStarted: { event: { type: 'exerciseStarted', at }, allowed: { shadow: 'exercise hold' } },
  advance: {
    event: observed('advance'),
    allowed: { shadow: 'shadow proceed', exercise: 'exercise proceed', stage: 'stage nextStage', soak: 'soak proceed' },
  },
  hold: {
    event: observed('hold'),
    allowed: { shadow: 'shadow hold', exercise: 'exercise hold', stage: 'stage hold', soak: 'soak hold' },
  },
  rollback: {
    event: observed('rollback'),
    allowed: {
      shadow: 'shadow rollback',
      exercise: 'exercise rollback',
      stage: 'stage rollback',
      soak: 'soak rollback',
    },
  },
  approved: {
    event: { type: 'approved', at, approval },
    allowed: { shadowSignoff: 'shadowSignoff proceed', finalSignoff: 'decommission hold' },
  },
  steppedDown: {
    event: { type: 'steppedDown', at, done: false, reason: '' },
    allowed: { decommission: 'decommission hold' },
  },
  gone: { event: { type: 'steppedDown', at, done: true, reason: '' }, allowed: { decommission: 'retention proceed' } },
  closed: { event: { type: 'closed', at }, allowed: { complete: 'complete proceed' } },
};

describe('the reducer', () => {
  const table = Object.entries(EVENTS).flatMap(([name, { event, allowed }]) =>
    PHASES.map((phase) => [phase, name, event, allowed[phase]] as const),
  );

  it.each(table)('in phase %s, on %s', (phase, _name, event, expected) => {
    const state = stateIn(phase, phase === 'stage' ? 0 : -1);
    if (expected === undefined) {
      expect(() => reduce(state, event)).toThrow(CrossfadeError);
      return;
    }
    const next = reduce(state, event).state;
    expect(`${next.phase} ${next.next}`).toBe(expected);
  });

  it('leaves the stages after the last one', () => {
    expect(reduce(stateIn('stage', PLAN.stages.length - 1), observed('advance')).state.next).toBe('proceed');
  });

  it('gives the listener the plan, a stage at a time, and mirrors only outside the stages', () => {
    expect(nextShift(stateIn('baseline')).split).toEqual({
      candidatePercent: 0,
      mirror: { face: 'forward', percent: 5 },
    });
    expect(nextShift(stateIn('shadowSignoff'))).toEqual({
      phase: 'stage',
      stage: 0,
      split: { candidatePercent: 1, mirror: null },
    });
    expect([0, 1, 2, 3, 4].map((i) => nextShift(stateIn('stage', i)).split.candidatePercent)).toEqual([
      10, 50, 90, 99, 100,
    ]);
    expect(nextShift(stateIn('stage', 5))).toEqual({
      phase: 'soak',
      stage: 5,
      split: { candidatePercent: 100, mirror: { face: 'reverse', percent: 5 } },
    });
    expect(nextShift(stateIn('retention')).split).toEqual({ candidatePercent: 100, mirror: null });
  });

  it('never shifts from a phase that no gate or human has passed', () => {
    const shifting: Phase[] = ['baseline', 'shadowSignoff', 'stage', 'retention'];
    for (const phase of PHASES.filter((p) => !shifting.includes(p)))
      expect(() => nextShift(stateIn(phase)), phase).toThrow(CrossfadeError);
  });

  it('lets a sign-off wait as long as the plan says, and the watchdog with it', () => {
    const asked = reduce(stateIn('exercise'), observed('advance')).state;
    expect(asked.waitSeconds).toBe(PLAN.signoff.timeout);
    expect(heartbeatDueAt(awaitSignoff(asked, at).state, at)).toBe(
      at + (PLAN.signoff.timeout + TASK_ALLOWANCE_SECONDS) * 1000,
    );
  });

  it('gives a task ten minutes beyond the wait before it', () => {
    expect(heartbeatDueAt({ ...stateIn('stage', 0), waitSeconds: 60 }, at)).toBe(at + 660_000);
  });

  it('forgets an approval once it is used, and in a return, which leaves everybody with the stable side', () => {
    for (const phase of ['shadowSignoff', 'finalSignoff'] as const)
      expect(reduce({ ...stateIn(phase), approval }, { type: 'approved', at, approval }).state.approval).toBeNull();
    const split = { candidatePercent: 10, mirror: null };
    const returned = rolledBack({ ...stateIn('stage', 0), approval, split }, at, 'red');
    expect(returned).toMatchObject({ phase: 'rollback', next: 'rollback', approval: null, split: SAFE_SPLIT });
  });

  it('waits for connections to drain, between two steps, and as long as captures are kept', () => {
    const signedOff = reduce({ ...stateIn('finalSignoff'), decommissionSteps: 7 }, { type: 'approved', at, approval });
    expect(signedOff.state).toMatchObject({ waitSeconds: PLAN.decommission.drain, decommissionSteps: 0 });
    const stepped = reduce(signedOff.state, { type: 'steppedDown', at, done: false, reason: '' }).state;
    expect(stepped).toMatchObject({ waitSeconds: PLAN.decommission.step, decommissionSteps: 1 });
    const gone = reduce(stepped, { type: 'steppedDown', at, done: true, reason: '' }).state;
    expect(gone).toMatchObject({ phase: 'retention', waitSeconds: PLAN.retention });
  });

  it('waits in decommission for a quarter of a year, within what a plan leaves of the history of its execution', () => {
    const plan = { ...PLAN, decommission: { ...PLAN.decommission, step: 60 } };
    let waiting: CutoverState = { ...stateIn('decommission'), plan };
    let [seconds, looks] = [0, 0];
    for (; seconds < 90 * 86_400 && looks < 10_000; looks++) {
      const now = fromIso(waiting.since) + seconds * 1000;
      waiting = reduce(waiting, { type: 'steppedDown', at: now, done: false, reason: 'sticky sessions' }).state;
      seconds += waiting.waitSeconds;
    }
    expect(looks * EVENTS_PER_OBSERVATION).toBeLessThan(HISTORY_LIMIT - HISTORY_BUDGET);
  });

  describe.each([
    ...PLAN.stages.slice(0, 1).map((stage) => ['stage', PLAN.gate.observe, stage] as const),
    ['soak', PLAN.soak.observe, { bake: PLAN.soak.duration, maxHold: PLAN.soak.maxHold }],
  ] as const)('a %s that is held', (phase, planned, { bake, maxHold }) => {
    const HOUR = 3_600;
    const waitAfter = (seconds: number, pausedSeconds = 0) => {
      const state = { ...stateIn(phase, 0), since: new Date(at).toISOString() };
      const steered = { pausedSeconds, paused: null, promoted: null, restarted: null };
      const observation = { decision: 'hold', reason: 'thin' } as const;
      return reduce(state, { type: 'observed', at: at + seconds * 1000, observation, steered }).state.waitSeconds;
    };

    it('is looked at less and less often from the end of its bake on', () => {
      expect([60, bake, bake + 24 * planned].map((s) => waitAfter(s))).toEqual([planned, planned, planned]);
      expect([48, 240, 24_000].map((hours) => waitAfter(bake + hours * HOUR))).toEqual([
        2 * HOUR,
        10 * HOUR,
        24 * HOUR,
      ]);
      // Paused time does not make evaluations rarer: the limit on all pauses already bounds it.
      expect(waitAfter(bake + 8 * HOUR, 8 * HOUR)).toBe(planned);
    });

    it('is held no longer than its plan says, and looked at as often as the planner counts', () => {
      let [seconds, looks] = [0, 0];
      for (; seconds < bake + maxHold; looks++) seconds += seconds === 0 ? planned : waitAfter(seconds);
      expect(seconds).toBeLessThan(bake + maxHold + planned);
      const row = project(PLAN, ANY_TRAFFIC).rows.find(({ name }) => name.startsWith(phase));
      expect(looks).toBe(row?.observations);
      expect(looks).toBeLessThan(0.95 * ((bake + maxHold) / planned));
    });
  });

  it('notes once when a drill has tripped its alarm', () => {
    const drill = { percent: 1, alarm: 'red', trippedAt: null };
    const tripped = reduce({ ...stateIn('drill'), drill }, { type: 'drilled', at }).state;
    expect(tripped.drill?.trippedAt).toBe(new Date(at).toISOString());
    expect(reduce(tripped, { type: 'drilled', at: at + 60_000 }).state.drill).toEqual(tripped.drill);
  });

  it('begins a phase anew where an observation says so', () => {
    const observation = { decision: 'hold', reason: '', effect: 'restart' } as const;
    const since = (event: CutoverEvent) => reduce(stateIn('stage', 0), event).state.since;
    expect(since({ type: 'observed', at, observation })).toBe(new Date(at).toISOString());
    expect(since(observed('hold'))).toBe(stateIn('stage').since);
  });

  it('survives its own JSON', () => {
    const state = reduce(stateIn('stage', 1), observed('hold')).state;
    expect(parseState(JSON.parse(JSON.stringify(stateToJson(state))))).toEqual(state);
  });
});
