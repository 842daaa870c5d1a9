import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../core/model/lease.ts';
import { parsePlan } from '../../core/model/plan.ts';
import type { CloudEvent } from '../../rehearsal/cloud/cloud-event.ts';
import type { SideTally } from '../../rehearsal/load/load.ts';
import {
  begunRehearsal,
  type RehearsalNews,
  type RehearsalState,
  rehearsalAfter,
} from '../../rehearsal/scenario/rehearsal-state.ts';

const BEGAN = Date.parse('2026-11-26T08:00:00.000Z');
const begin = { title: 'Cutover', plan: parsePlan({}), speed: 60, startedAt: BEGAN, fault: 'errors=0.2@10' };

function known(...news: readonly RehearsalNews[]): RehearsalState {
  return news.reduce(rehearsalAfter, begunRehearsal(begin));
}

function tick(minute: number, sides: Readonly<Record<string, Partial<SideTally>>>): RehearsalNews {
  const whole = Object.entries(sides).map(([side, tally]) => [
    side,
    { ok: 0, failed: 0, failedSentAt: [], latencies: [], ...tally },
  ]);
  const sent = Object.values(sides).reduce((sum, { ok = 0, failed = 0 }) => sum + ok + failed, 0);
  return {
    type: 'tick',
    at: BEGAN + minute * 60_000,
    tick: { at: 0, sent, waitedMs: 0, sides: Object.fromEntries(whole) },
  };
}

function at(phase: string, stage = -1): RehearsalNews {
  const input = { phase, stage, since: '2026-11-26T08:05:00.000Z' };
  const event = { type: 'state', at: BEGAN, execution: {}, state: 'Stage interval', input } as unknown as CloudEvent;
  return { type: 'event', at: BEGAN + 300_000, event };
}

function entry(over: Partial<LogEntry>): LogEntry {
  const at = '2026-11-26T08:06:00.000Z';
  return { at, phase: 'stage', stage: 0, kind: 'observation', by: 'machine', message: 'Held.', data: {}, ...over };
}

const look = (eValue: number) => ({
  since: '2026-11-26T08:05:00.000Z',
  split: { candidatePercent: 10, mirror: null },
  verdict: {
    metrics: [
      {
        metric: 'errors',
        verdict: 'undecided',
        eValue,
        threshold: 2670,
        withinEValue: 3,
        withinThreshold: 20,
        margin: 0.01,
        candidateRate: 0.2,
      },
    ],
  },
});
const log = (...entries: readonly LogEntry[]): RehearsalNews => ({ type: 'log', at: BEGAN + 400_000, entries });

describe('what is known of a rehearsal', () => {
  it('begins over the minutes that the baseline looks back to', () => {
    expect(known().place).toEqual({ phase: 'baseline', stage: -1, since: BEGAN });
  });

  it('counts all requests, and shows the rates of the last simulated minute', () => {
    const state = known(
      tick(1, { stable: { ok: 100, failed: 20 } }),
      tick(1.5, { stable: { ok: 300, latencies: [1, 2, 3] } }),
      tick(2.1, { stable: { ok: 300, latencies: [4, 5] }, candidate: { ok: 50, failed: 10 } }),
    );
    expect(state).toMatchObject({ sent: 780, failed: 30 });
    expect(state.sides.stable).toEqual({ requests: 600, failed: 0, rps: 10, p50: 3, p95: 5 });
    expect(state.sides.candidate).toMatchObject({ requests: 60, failed: 10, rps: 1 });
  });

  it('forgets a side that answered nothing for a minute', () => {
    expect(Object.keys(known(tick(1, { candidate: { ok: 1 } }), tick(3, { stable: { ok: 1 } })).sides)).toEqual([
      'stable',
    ]);
  });

  it('follows the machine from phase to phase', () => {
    expect(known(at('shadow'), at('stage', 1)).place).toEqual({ phase: 'stage', stage: 1, since: BEGAN + 300_000 });
  });

  it('has the evidence of the stage in which it is, and none of the one before', () => {
    const looked = log(entry({ data: look(42) }));
    expect(known(at('stage', 0), looked).evidence).toEqual([
      {
        metric: 'errors',
        worse: { value: 42, threshold: 2670 },
        within: { value: 3, threshold: 20 },
        margin: 0.01,
        candidateRate: 0.2,
        stableRate: null,
      },
    ]);
    expect(known(at('stage', 0), looked, at('stage', 1)).evidence).toEqual([]);
    expect(known(at('stage', 1), looked).evidence).toEqual([]);
  });

  it('tells of evaluations in a row the newest alone', () => {
    const entries = [
      entry({ message: 'one' }),
      entry({ message: 'two' }),
      entry({ kind: 'rollback', message: 'back' }),
      entry({ message: 'three', stage: 1 }),
    ];
    expect(known(log(...entries)).decisions.map(({ text, tone }) => [text, tone])).toEqual([
      ['two', 'plain'],
      ['back', 'bad'],
      ['three', 'plain'],
    ]);
  });

  it('says since when the fault is there, and nothing of one in a clean run', () => {
    const injected: RehearsalNews = { type: 'fault', at: BEGAN + 1 };
    expect(known(injected).fault).toEqual({ text: 'errors=0.2@10', at: BEGAN + 1 });
    expect(rehearsalAfter(begunRehearsal({ ...begin, fault: null }), injected).fault).toBeNull();
  });

  it('never goes back in time, whatever is heard of late', () => {
    expect(known(tick(5, {}), tick(3, {})).at).toBe(BEGAN + 5 * 60_000);
  });
});
