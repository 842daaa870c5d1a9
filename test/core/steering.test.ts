import { describe, expect, it } from 'vitest';
import { pausedMs, steer, steeredAt } from '../../core/evaluation/steering.ts';
import type { Lease, LogEntry } from '../../core/model/lease.ts';
import { type PlanInput, parsePlan } from '../../core/model/plan.ts';
import {
  type CutoverState,
  type CutoverStateJson,
  describePlace,
  PHASES,
  parseState,
  stateToJson,
} from '../../core/model/run-state.ts';
import { type Steered, type Steering, UNSTEERED } from '../../core/model/steering.ts';
import { fromIso, toIso } from '../../core/model/time.ts';
import { type Asking, askSteering, type RunSoFar, type SteeringRequest } from '../../core/phases/steering-request.ts';
import { makeHandler as watch } from '../../lambdas/watch.ts';
import { lease } from '../support/ledger-item.ts';
import { MemoryWorld, START } from '../support/memory-world.ts';
import { replayed } from '../support/recorded-run.ts';
import { atFirstStage } from '../support/run.ts';

const MINUTE_MS = 60_000;
const ADA: Omit<Asking, 'now'> = { by: 'arn:ada', reason: 'a look at the logs' };
const BOB: Omit<Asking, 'now'> = { by: 'arn:bob', reason: 'seen it too' };
const PLAN: PlanInput = {
  stages: [
    { percent: 10, bake: 'PT30M', maxHold: 'PT30M' },
    { percent: 100, bake: 'PT30M' },
  ],
};

/** Sets the state of every alarm. */
const alarms = (state: 'ALARM' | 'INSUFFICIENT_DATA') => (w: MemoryWorld) => {
  w.alarmReadings = w.alarmReadings.map((a) => ({ ...a, state }));
};
const noAlarms = (w: MemoryWorld) => {
  w.alarmReadings = [];
};
const deadCandidate = (w: MemoryWorld) => {
  w.healthy.candidate = { healthy: 0, unhealthy: 2, registered: 2 };
};

/**
 * A run at its first stage, with `stable` and `candidate` requests a minute, of which `failing` fail on the candidate.
 */
class Run {
  readonly world = new MemoryWorld();
  state!: CutoverState;
  stable = 9_000;
  candidate = 1_000;
  failing = 0;

  async begin(plan: PlanInput = PLAN): Promise<this> {
    this.state = await atFirstStage(this.world, plan);
    return this;
  }

  /** Evaluates the stage `n` times, a minute apart. Returns the state after the last evaluation. */
  async looks(n: number): Promise<CutoverState> {
    for (let i = 0; i < n; i++) {
      const minute = this.world.now;
      this.world.now += MINUTE_MS;
      const side = (requests: number, target5xx: number) => ({ requests, target5xx, connectionErrors: 0, slow: 0 });
      const evidence = { stable: side(this.stable, 9), candidate: side(this.candidate, this.failing), elb5xx: 0 };
      this.world.minuteEvidence.push({ minute, ...evidence });
      const since = fromIso(this.state.since);
      this.world.minuteEvidence = this.world.minuteEvidence.filter((m) => m.minute >= since);
      this.state = parseState((await watch(this.world)(stateToJson(this.state))) as CutoverStateJson);
    }
    return this.state;
  }

  last(): LogEntry | undefined {
    return this.world.log.findLast((e) => e.kind === 'observation');
  }

  async ask(request: SteeringRequest, who = ADA): Promise<string> {
    const { item } = this.world;
    if (item === null) throw new Error('the run has begun');
    const last = this.last();
    const { plan } = this.state;
    const look = (last?.data ?? null) as Parameters<typeof askSteering>[3]['look'];
    const asking = { ...who, now: this.world.now };
    const answer = askSteering(item, request, asking, { plan, look, said: last?.message ?? '' });
    if ('refused' in answer) return `refused: ${answer.refused}`;
    await this.world.ledger.steer(item, answer.steering);
    return answer.message;
  }
}

const PAUSE = { kind: 'pause', seconds: 3_600 } as const;
const PROMOTE = { kind: 'promote', override: false } as const;
const OVERRIDE = { kind: 'promote', override: true } as const;

describe('a paused stage', () => {
  it('does not advance, whatever the evidence, and goes on where it was once it is resumed', async () => {
    const run = await new Run().begin();
    await run.looks(10);
    expect(await run.ask(PAUSE)).toContain('Rollback, alarms and the watchdog stay armed');
    expect(await run.looks(30)).toMatchObject({ next: 'hold', stage: 0 });
    expect(run.last()?.message).toMatch(/^Paused by arn:ada until .* \(a look at the logs\)\. /);
    expect(await run.ask({ kind: 'resume' })).toContain('Resumed');
    expect(await run.looks(1)).toMatchObject({ next: 'nextStage' });
  });

  it('still goes back when the candidate is worse', async () => {
    const run = await new Run().begin();
    await run.ask(PAUSE);
    run.failing = 300;
    expect(await run.looks(10)).toMatchObject({ next: 'rollback' });
  });

  it.each([
    ['an alarm is red', alarms('ALARM')],
    ['the candidate is dead', deadCandidate],
  ])('still goes back when %s', async (_name, befall) => {
    const run = await new Run().begin();
    await run.ask(PAUSE);
    befall(run.world);
    expect(await run.looks(1)).toMatchObject({ next: 'rollback' });
  });

  it('ends by itself, and its time does not count towards the longest hold', async () => {
    const run = await new Run().begin();
    Object.assign(run, { candidate: 1, stable: 9 });
    await run.looks(5);
    await run.ask(PAUSE);
    expect(await run.looks(60)).toMatchObject({ next: 'hold' });
    expect(await run.looks(50)).toMatchObject({ next: 'hold' });
    expect(run.last()?.message).not.toContain('Paused');
    expect(await run.looks(10)).toMatchObject({ next: 'rollback' });
  });

  it('is decided the same way by a replay', async () => {
    const run = await new Run().begin();
    await run.ask(PAUSE);
    await run.looks(5);
    await run.ask({ kind: 'resume' });
    await run.looks(15);
    await run.ask(PROMOTE);
    await run.looks(1);
    expect(replayed(run.world.log).summary).toMatchObject({ differing: 0, looks: 21 });
  });

  it('cannot outlast what the history of the execution has room for', async () => {
    const run = await new Run().begin();
    expect(await run.ask({ kind: 'pause', seconds: 8 * 3_600 + 60 })).toMatch(/^refused: .* 8 h in total/);
    await run.ask({ kind: 'pause', seconds: 7 * 3_600 });
    await run.looks(5);
    await run.ask({ kind: 'resume' });
    expect(await run.ask({ kind: 'pause', seconds: 8 * 3_600 })).toContain('of which 475 min are left');
  });
});

describe('a promotion', () => {
  it('ends the bake when the evidence is in', async () => {
    const run = await new Run().begin();
    await run.looks(20);
    expect(run.state.next).toBe('hold');
    expect(await run.ask(PROMOTE)).toMatch(/if its evidence still stands\.$/);
    expect(await run.looks(1)).toMatchObject({ next: 'nextStage' });
  });

  it('is refused without evidence, with the sentence of the last look', async () => {
    const run = await new Run().begin();
    expect(await run.ask(PROMOTE)).toContain('Nothing has been evaluated yet');
    Object.assign(run, { candidate: 1, stable: 9 });
    await run.looks(2);
    expect(await run.ask(PROMOTE)).toMatch(/^refused: The evidence for stage 10 % \(1 of 2\) of one is not in yet\. /);
  });

  it('does nothing in the stage after the one that it spoke of', async () => {
    const run = await new Run().begin();
    await run.looks(20);
    await run.ask(PROMOTE);
    await run.looks(1);
    run.state = { ...run.state, stage: 1, since: toIso(run.world.now), split: { candidatePercent: 100, mirror: null } };
    const { item } = run.world;
    expect(steeredAt(item?.steering ?? UNSTEERED, run.state, 0, run.world.now)).toBeNull();
  });

  it('says when it is heard, where a held run looks seldom', async () => {
    const run = await new Run().begin({ ...PLAN, gate: { onUndecided: 'hold' } });
    Object.assign(run, { candidate: 1, stable: 9 });
    run.world.now += 4 * 86_400_000;
    await run.looks(1);
    const due = toIso(run.world.now + run.state.waitSeconds * 1000);
    expect(run.state.waitSeconds).toBeGreaterThan(3 * 3_600);
    expect(await run.ask(OVERRIDE)).toMatch(new RegExp(`The next evaluation is due at ${due}\\.$`));
  });

  it('goes on without the evidence by an override, and says who wanted that', async () => {
    const run = await new Run().begin();
    Object.assign(run, { candidate: 1, stable: 9 });
    await run.looks(2);
    await run.ask(OVERRIDE);
    expect(await run.looks(1)).toMatchObject({ next: 'nextStage' });
    expect(run.last()?.message).toMatch(/^Promoted without its evidence by arn:ada \(a look at the logs\)\. /);
  });

  it.each([
    ['without data', alarms('INSUFFICIENT_DATA')],
    ['gone', noAlarms],
    ['red', alarms('ALARM')],
  ])('overrides no safety: alarms are %s', async (_name, befall) => {
    const run = await new Run().begin();
    await run.looks(2);
    await run.ask(OVERRIDE);
    befall(run.world);
    const { next } = await run.looks(1);
    expect(['hold', 'rollback']).toContain(next);
  });

  it.each([
    ['the stable side could not take everything back', 'stable'],
    ['a target of the candidate is unhealthy', 'candidate'],
  ])('overrides no safety: %s', async (_name, side) => {
    const run = await new Run().begin();
    await run.looks(2);
    await run.ask(OVERRIDE);
    run.world.healthy[side] = { healthy: 1, unhealthy: 1, registered: 2 };
    expect(await run.looks(1)).toMatchObject({ next: 'hold' });
  });

  it('overrides only with a second person where the plan wants one', async () => {
    const run = await new Run().begin({ ...PLAN, signoff: { overridePersons: 2 } });
    await run.looks(2);
    expect(await run.ask(OVERRIDE)).toContain('waits for a second person');
    expect(await run.looks(1)).toMatchObject({ next: 'hold' });
    expect(await run.ask(OVERRIDE)).toMatch(/^refused: You requested this override/);
    expect(await run.ask(OVERRIDE, BOB)).toContain('Second person');
    expect(await run.looks(1)).toMatchObject({ next: 'nextStage' });
    expect(run.last()?.message).toContain('by arn:ada and arn:bob');
  });

  it('is refused while the run is paused, and forgotten by a pause', async () => {
    const run = await new Run().begin();
    await run.looks(20);
    await run.ask(PROMOTE);
    await run.ask(PAUSE);
    expect(await run.ask(PROMOTE)).toContain('is paused; resume it first');
    await run.ask({ kind: 'resume' });
    expect(await run.looks(1)).toMatchObject({ next: 'hold' });
  });
});

describe('a restart', () => {
  it('drops the evidence so far, once, and keeps the weights', async () => {
    const run = await new Run().begin();
    await run.looks(20);
    const before = run.state.since;
    expect(await run.ask({ kind: 'retry' })).toContain('at the same weights');
    const { since, split } = await run.looks(1);
    expect(since).not.toBe(before);
    expect(split).toEqual({ candidatePercent: 10, mirror: null });
    expect(run.last()?.message).toMatch(/^Restarted by arn:ada/);
    expect((await run.looks(5)).since).toBe(since);
  });

  it('does not save a candidate that is worse', async () => {
    const run = await new Run().begin();
    run.failing = 300;
    await run.ask({ kind: 'retry' });
    await run.looks(3);
    expect(await run.looks(10)).toMatchObject({ next: 'rollback' });
  });

  it('is allowed three times a run', async () => {
    const run = await new Run().begin();
    for (let i = 0; i < 3; i++) expect(await run.ask({ kind: 'retry' })).toContain('starts again');
    expect(await run.ask({ kind: 'retry' })).toContain('restarted 3 times already');
  });
});

/** Nobody can steer a rollback: its lease refuses that before its phase is considered. */
const STEERED = PHASES.filter((phase) => phase !== 'rollback');
const ALLOWED: Readonly<Record<SteeringRequest['kind'], readonly string[]>> = {
  pause: ['shadow', 'exercise', 'stage', 'soak', 'decommission'],
  resume: ['shadow', 'exercise', 'stage', 'soak', 'decommission'],
  promote: ['shadow', 'exercise', 'stage', 'soak'],
  retry: ['shadow', 'stage', 'soak'],
};
const REQUESTS: readonly SteeringRequest[] = [PAUSE, { kind: 'resume' }, PROMOTE, OVERRIDE, { kind: 'retry' }];
const paused: Steering = {
  ...UNSTEERED,
  pauses: [{ by: 'a', reason: '', from: toIso(START), until: toIso(START + MINUTE_MS) }],
};
const SO_FAR: RunSoFar = {
  plan: parsePlan({}),
  look: { decision: 'advance', verdict: undefined, parity: null },
  said: 'Evidence is in.',
};
const answerTo = (item: Lease, request: SteeringRequest, soFar = SO_FAR) =>
  askSteering(item, request, { ...ADA, now: START + 1_000 }, soFar);

describe.each(REQUESTS)('$kind ($override)', (request) => {
  it.each(STEERED)('in phase %s is taken where it makes sense and refused in a sentence elsewhere', (phase) => {
    const steering = request.kind === 'resume' ? paused : UNSTEERED;
    const answer = answerTo(lease({ phase, steering }), request);
    if (ALLOWED[request.kind].includes(phase)) expect(answer).toMatchObject({ steering: { rev: 1 } });
    else expect(answer).toMatchObject({ refused: expect.stringMatching(/^Cutover one is .*\.$/) });
  });

  it.each(['rolling_back', 'rolled_back', 'completed'] as const)('is refused once the run is %s', (status) => {
    expect(answerTo(lease({ status }), request)).toMatchObject({
      refused: expect.stringContaining(status.replace('_', ' ')),
    });
  });
});

describe('a request is refused in a sentence', () => {
  it('by a drill, which its own alarm ends', () => {
    const item = lease({ drill: { percent: 1, alarm: 'red', trippedAt: null } });
    for (const request of REQUESTS)
      expect(answerTo(item, request)).toMatchObject({ refused: expect.stringContaining('is a drill') });
  });

  it('to pause what is paused', () => {
    expect(answerTo(lease({ steering: paused }), PAUSE)).toMatchObject({
      refused: expect.stringContaining('is paused already, by a until'),
    });
  });

  it('to override breaking differences of parity', () => {
    const look: RunSoFar['look'] = {
      decision: 'hold',
      verdict: undefined,
      parity: { status: 'dirty', reasons: ['a'], routes: 1, pairs: 1 },
    };
    expect(answerTo(lease({ phase: 'soak' }), OVERRIDE, { ...SO_FAR, look })).toMatchObject({
      refused: expect.stringContaining('which no override can skip'),
    });
  });
});

describe('a run that is steered', () => {
  const person = { by: 'arn:ada', reason: '' };
  const steered: Steered = { pausedSeconds: 0, paused: null, promoted: null, restarted: null };

  it.each<[string, Partial<Steered>]>([
    ['a pause', { paused: { ...person, until: toIso(START) } }],
    ['an override', { promoted: { ...person, override: true } }],
    ['a restart', { restarted: person }],
  ])('goes back all the same: %s', (_name, asked) => {
    const back = { decision: 'rollback', reason: 'It was held for its maximum.' } as const;
    expect(steer(back, { ...steered, ...asked }, true)).toBe(back);
  });

  it('waits for its evidence when it is promoted without an override, however safe that were', () => {
    const asked = { ...steered, promoted: { ...person, override: false } };
    expect(steer({ decision: 'hold', reason: 'Undecided.' }, asked, true)).toMatchObject({ decision: 'hold' });
  });

  it('was paused for what lies between the two instants', () => {
    const pause = (from: number, until: number) => ({
      pauses: [{ by: 'a', reason: '', from: toIso(START + from), until: toIso(START + until) }],
    });
    const between = (steering: ReturnType<typeof pause>) =>
      pausedMs({ ...UNSTEERED, ...steering }, START + 50_000, START + 200_000);
    expect(between(pause(0, 100_000))).toBe(50_000);
    expect(between(pause(150_000, 300_000))).toBe(50_000);
    expect(between(pause(0, 300_000))).toBe(150_000);
    expect(between(pause(0, 40_000))).toBe(0);
    expect(between(pause(210_000, 220_000))).toBe(0);
  });
});

describe('the place in an answer', () => {
  const plan = parsePlan({ ...PLAN, stages: [{ percent: 1, bake: 'PT1H' }, ...(PLAN.stages ?? [])] });
  const at = (candidatePercent: number) => ({
    intent: { ...lease().intent, split: { candidatePercent, mirror: null } },
  });
  const paused = (place: Partial<Lease>) => answerTo(lease(place), PAUSE, { ...SO_FAR, plan });

  it.each([
    [{ phase: 'stage', stage: 0, ...at(1) }, 'Paused stage 1 % (1 of 3) of one until'],
    [{ phase: 'stage', stage: 1, ...at(10) }, 'Paused stage 10 % (2 of 3) of one until'],
    [{ phase: 'stage', stage: -1 }, 'Paused the cohort of one until'],
    [{ phase: 'soak', stage: 2 }, 'Paused the soak phase of one until'],
  ] as const)('%o is told by its share, not by its number alone', (place, told) => {
    expect(paused(place)).toMatchObject({ message: expect.stringContaining(told) });
  });

  it('is a number that nobody takes for a share where the share is unknown', () => {
    expect(describePlace({ phase: 'stage', stage: 0 }, undefined)).toBe('stage #1');
    expect(describePlace({ phase: 'stage', stage: 0 }, 1)).toBe('stage 1 %');
    expect(describePlace({ phase: 'stage', stage: -1 }, 0)).toBe('cohort');
    expect(describePlace({ phase: 'soak', stage: 2 }, 100)).toBe('soak');
    expect(describePlace({ phase: 'finalSignoff', stage: 2 }, 100)).toBe('final sign-off');
  });
});
