/**
 * The state of a running rehearsal as one value, which displays (a terminal, a page) draw. Instants are simulated, in
 * milliseconds since the epoch; only latencies are real.
 */
import * as z from 'zod';
import { fromIso, type LogEntry, PHASES, type Phase, type Plan } from '../../core/model/index.ts';
import type { CloudEvent } from '../cloud/index.ts';
import type { LoadTick } from '../load/index.ts';
import { type GateEvidence, gateEvidenceIn } from './gate-evidence.ts';

/** Traffic is shown for the last minute, like CloudWatch's counts. */
const WINDOW_MS = 60_000;
/** How many decisions are kept; a screen shows fewer. */
const DECISIONS_KEPT = 50;

/** The place of a run. Before it begins this is `baseline`, during whose minutes customers already arrive. */
export interface RunPlace {
  readonly phase: Phase;
  /** Index into the plan's stages; -1 before the first. */
  readonly stage: number;
  /** When the phase, or the stage, began. */
  readonly since: number;
}

/** One side, or `unknown`, in the last minute of simulated time. */
export interface SideNow {
  readonly requests: number;
  readonly failed: number;
  /** Requests per simulated second. */
  readonly rps: number;
  /** Real milliseconds, measured by customers. */
  readonly p50: number;
  readonly p95: number;
}

export interface RehearsalDecision {
  readonly at: number;
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'plain';
}

export interface RehearsalState {
  readonly title: string;
  readonly plan: Plan;
  /** Simulated seconds per real second. */
  readonly speed: number;
  readonly startedAt: number;
  /** When the latest news arrived. */
  readonly at: number;
  readonly place: RunPlace;
  /** The fault, and when it was injected; null for a clean run. */
  readonly fault: { readonly text: string; readonly at: number | null } | null;
  /** Share of the traffic by role of the target group, 0 to 1. */
  readonly shares: Readonly<Record<string, number>>;
  /** By the side that answered. */
  readonly sides: Readonly<Record<string, SideNow>>;
  readonly sent: number;
  readonly failed: number;
  /** Of the latest evaluation with a comparison. */
  readonly evidence: readonly GateEvidence[];
  /** Oldest first. */
  readonly decisions: readonly RehearsalDecision[];
  /** State by alarm. */
  readonly alarms: Readonly<Record<string, string>>;
  /** How the execution ended; null while it runs. */
  readonly ended: 'completed' | 'rolled back' | 'failed' | null;
  /** Ticks in the window, oldest first. */
  readonly recent: readonly TimedTick[];
}

interface TimedTick {
  readonly at: number;
  readonly sides: LoadTick['sides'];
}

export type RehearsalNews =
  | { readonly type: 'event'; readonly at: number; readonly event: CloudEvent }
  | { readonly type: 'shares'; readonly at: number; readonly shares: Readonly<Record<string, number>> }
  | { readonly type: 'fault'; readonly at: number }
  | { readonly type: 'tick'; readonly at: number; readonly tick: LoadTick }
  /** The decision log so far, oldest first. */
  | { readonly type: 'log'; readonly at: number; readonly entries: readonly LogEntry[] };

export type RehearsalBegin = Pick<RehearsalState, 'title' | 'plan' | 'speed' | 'startedAt'> & {
  readonly fault: string | null;
};

export function begunRehearsal({ fault, ...begin }: RehearsalBegin): RehearsalState {
  return {
    ...begin,
    at: begin.startedAt,
    place: { phase: 'baseline', stage: -1, since: begin.startedAt },
    fault: fault === null ? null : { text: fault, at: null },
    shares: {},
    sides: {},
    sent: 0,
    failed: 0,
    evidence: [],
    decisions: [],
    alarms: {},
    ended: null,
    recent: [],
  };
}

/** The state after `news`. */
export function rehearsalAfter(state: RehearsalState, news: RehearsalNews): RehearsalState {
  const now = { ...state, at: Math.max(state.at, news.at) };
  switch (news.type) {
    case 'shares':
      return { ...now, shares: news.shares };
    case 'fault':
      return now.fault === null ? now : { ...now, fault: { ...now.fault, at: news.at } };
    case 'tick':
      return afterTick(now, news.tick);
    case 'log':
      return afterLog(now, news.entries);
    case 'event':
      return afterEvent(now, news.event);
  }
}

function afterTick(state: RehearsalState, { sent, sides }: LoadTick): RehearsalState {
  const recent = [...state.recent, { at: state.at, sides }].filter(({ at }) => at > state.at - WINDOW_MS);
  const names = new Set(recent.flatMap((tick) => Object.keys(tick.sides)));
  const seconds = Math.max(1, Math.min(WINDOW_MS, state.at - state.startedAt) / 1_000);
  const failed = Object.values(sides).reduce((sum, side) => sum + side.failed, 0);
  return {
    ...state,
    recent,
    sides: Object.fromEntries([...names].map((name) => [name, sideNow(recent, name, seconds)])),
    sent: state.sent + sent,
    failed: state.failed + failed,
  };
}

function sideNow(recent: readonly TimedTick[], name: string, seconds: number): SideNow {
  const tallies = recent.flatMap(({ sides }) => sides[name] ?? []);
  const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
  const requests = failed + tallies.reduce((sum, tally) => sum + tally.ok, 0);
  return { requests, failed, rps: requests / seconds, ...percentilesOf(tallies.flatMap(({ latencies }) => latencies)) };
}

/** Of latencies in any order; 0 if there are none. */
export function percentilesOf(latencies: readonly number[]): { readonly p50: number; readonly p95: number } {
  const sorted = [...latencies].sort((a, b) => a - b);
  const quantile = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
  return { p50: quantile(0.5), p95: quantile(0.95) };
}

/** Evaluations that hold repeat themselves, so of consecutive ones in the same place only the latest is kept. */
function afterLog(state: RehearsalState, entries: readonly LogEntry[]): RehearsalState {
  const newest = entries.findLast((entry) => gateEvidenceIn(entry).length > 0);
  const told = entries.filter(
    ({ kind, phase, stage }, i) =>
      kind !== 'observation' ||
      entries[i + 1]?.kind !== kind ||
      entries[i + 1]?.phase !== phase ||
      entries[i + 1]?.stage !== stage,
  );
  return {
    ...state,
    evidence: newest === undefined || !isOf(newest, state.place) ? [] : gateEvidenceIn(newest),
    decisions: told
      .slice(-DECISIONS_KEPT)
      .map((entry) => ({ at: fromIso(entry.at), text: entry.message, tone: toneOf(entry) })),
  };
}

/** E-values restart with each stage. */
function isOf({ phase, stage }: LogEntry, place: RunPlace): boolean {
  return phase === place.phase && stage === place.stage;
}

function toneOf({ kind, phase }: LogEntry): RehearsalDecision['tone'] {
  if (kind === 'rollback' || kind === 'refused') return 'bad';
  return kind === 'verified' || kind === 'approval' || phase === 'complete' ? 'good' : 'plain';
}

const placeSchema = z.looseObject({
  phase: z.enum(PHASES),
  stage: z.number(),
  since: z.iso.datetime().transform((iso) => fromIso(iso)),
});

function afterEvent(state: RehearsalState, event: CloudEvent): RehearsalState {
  switch (event.type) {
    case 'alarm':
      return { ...state, alarms: { ...state.alarms, [event.name]: event.to } };
    case 'state': {
      const place = placeSchema.safeParse(event.input);
      if (!place.success) return state;
      const { phase, stage, since } = place.data;
      const moved = phase !== state.place.phase || stage !== state.place.stage;
      return { ...state, place: { phase, stage, since }, evidence: moved ? [] : state.evidence };
    }
    case 'end':
      return { ...state, ended: endOf(event.execution) };
    default:
      return state;
  }
}

/**
 * A rollback stops the execution after the safe weights were read back, so an aborted execution has been rolled back.
 */
function endOf({ status, error }: Extract<CloudEvent, { type: 'end' }>['execution']): RehearsalState['ended'] {
  if (status === 'SUCCEEDED') return 'completed';
  return status === 'ABORTED' || error === 'Crossfade.RolledBack' ? 'rolled back' : 'failed';
}
