/**
 * Decides a cutover's history again, by the functions that decided it, under its own plan or another one.
 *
 * What another plan would have done *next* is not in the log: a stage that had ended sooner would have given the next
 * one other minutes. So each phase and stage is judged on the minutes that it had, from when it began, and the first
 * rollback under the other plan ends what it would have reached.
 */

import { elapsedMs, type Observation, observe, type PresentRun } from '../evaluation/index.ts';
import { requests, total } from '../gate/index.ts';
import {
  type BaselineSummary,
  COHORT_STAGE,
  DecisionLogError,
  type Deployment,
  decode,
  describePlace,
  fromIso,
  type LogEntry,
  type Look,
  type MetricEvidence,
  type MetricMinute,
  type MinuteEvidence,
  type Phase,
  type Plan,
} from '../model/index.ts';
import { baselineRefusals } from './baseline.ts';
import { differencesOf } from './replay-limits.ts';

export interface ReplayedLook {
  readonly at: string;
  /** For example `stage 10 %` or `soak`. */
  readonly name: string;
  readonly recorded: Observation;
  /** null if the plan has no such stage. */
  readonly replayed: Observation | null;
  /** Whether minutes are missing: some arrived later than the following entries cover. */
  readonly incomplete: boolean;
  /** False after the plan would have rolled back. */
  readonly reached: boolean;
}

/** How a phase or stage ended; null if it was still held at the last evaluation. */
export interface Ended {
  readonly decision: 'advance' | 'rollback';
  readonly at: string;
  /** Seconds since the phase or stage began. */
  readonly seconds: number;
  readonly reason: string;
}

export interface ReplayedPhase {
  readonly name: string;
  readonly since: string;
  readonly looks: number;
  /** How many evaluations have another decision. */
  readonly changed: number;
  readonly recorded: Ended | null;
  readonly replayed: Ended | null;
  readonly reached: boolean;
  /** False if the plan has no such stage. */
  readonly comparable: boolean;
}

export interface ReplaySummary {
  readonly phases: readonly ReplayedPhase[];
  readonly looks: number;
  /** How many evaluations have another decision or another reason. */
  readonly differing: number;
  /** How many evaluations have another decision, including those after the plan would have rolled back. */
  readonly changed: number;
  readonly incomplete: number;
  /** Why the plan would have been refused at the baseline, before any customer was moved; empty if it would not. */
  readonly refused: readonly string[];
  /** What the log cannot show about the plan. */
  readonly limits: readonly string[];
  /** The rollback that ended the recorded run, if any, whoever requested it. */
  readonly rollback: { readonly at: string; readonly message: string } | null;
}

interface Began {
  readonly plan: Plan;
  readonly deployment: Deployment;
}

type Draft = { -readonly [K in keyof ReplayedPhase]: ReplayedPhase[K] };

/** Takes the entries of a log in order. Keeps the minutes of one phase, and a line for each phase. */
export class Replay {
  readonly #asked: Plan | null;
  #began: Began | null = null;
  #baseline: BaselineSummary | null = null;
  #minutes = new Map<number, MinuteEvidence>();
  /** Minutes of the plan's own metrics, by name. */
  #metrics = new Map<string, Map<number, MetricMinute>>();
  #rolledBack = false;
  readonly #phases: Draft[] = [];
  #differing = 0;
  #incomplete = 0;
  #rollback: ReplaySummary['rollback'] = null;

  /** Without a plan, uses the recorded one, which must reproduce what was recorded. */
  constructor(asked: Plan | null) {
    this.#asked = asked;
  }

  /** Decides again; null for an entry that is not an observation. @throws DecisionLogError */
  add(entry: LogEntry, line: number): ReplayedLook | null {
    const decoded = decode(entry, line);
    switch (decoded.type) {
      case 'begun':
        this.#began = decoded.begun;
        return null;
      case 'baseline':
        this.#baseline = decoded.baseline;
        return null;
      case 'look':
        if (this.#began === null) throw new DecisionLogError(line, 'an observation before the entry of preflight');
        return this.#look(entry, decoded.look, this.#began);
      case 'other':
        if (entry.kind === 'rollback') this.#rollback ??= { at: entry.at, message: entry.message };
        return null;
    }
  }

  summary(): ReplaySummary {
    const sum = (pick: (phase: ReplayedPhase) => number) => this.#phases.reduce((n, p) => n + pick(p), 0);
    return {
      phases: this.#phases,
      looks: sum((p) => p.looks),
      differing: this.#differing,
      changed: sum((p) => p.changed),
      incomplete: this.#incomplete,
      refused: this.#asked === null ? [] : baselineRefusals(this.#asked, this.#baseline),
      limits: this.#began === null || this.#asked === null ? [] : differencesOf(this.#began.plan, this.#asked),
      rollback: this.#rollback,
    };
  }

  #look(entry: LogEntry, look: Look, began: Began): ReplayedLook {
    const name = nameOf(began.plan, entry.phase, entry.stage);
    const phase = this.#phaseOf(name, look.since);
    const minutes = this.#collect(look);
    const metrics = this.#collectMetrics(look);
    const incomplete = !makesUp(minutes, look);
    const state = this.#stateOf(entry, look, began);
    const recorded: Observation = { decision: look.decision, reason: entry.message };
    const now = fromIso(entry.at);
    const replayed =
      state === null
        ? null
        : observe(began.deployment, state, { ...look, parity: look.parity, minutes, metrics }, now).observation;
    const reached = !this.#rolledBack;
    this.#baseline = look.baseline ?? this.#baseline;
    phase.looks++;
    phase.comparable = replayed !== null;
    phase.recorded ??= ended(recorded, entry.at, look.since);
    if (replayed !== null) {
      phase.replayed ??= ended(replayed, entry.at, look.since);
      if (replayed.decision === 'rollback') this.#rolledBack = true;
      if (replayed.decision !== recorded.decision) phase.changed++;
      if (replayed.decision !== recorded.decision || replayed.reason !== recorded.reason) this.#differing++;
    }
    if (incomplete) this.#incomplete++;
    return { at: entry.at, name, recorded, replayed, incomplete, reached };
  }

  #phaseOf(name: string, since: string): Draft {
    const last = this.#phases.at(-1);
    if (last?.name === name && last.since === since) return last;
    this.#minutes = new Map();
    this.#metrics = new Map();
    const phase = { name, since, looks: 0, changed: 0, recorded: null, replayed: null, comparable: true };
    const draft: Draft = { ...phase, reached: !this.#rolledBack };
    this.#phases.push(draft);
    return draft;
  }

  /** Later entries may repeat a minute, with its later reading. */
  #collect({ minutes, looked }: Look): MinuteEvidence[] {
    for (const minute of minutes) this.#minutes.set(minute.minute, minute);
    for (const at of this.#minutes.keys()) if (looked.from === null || at < looked.from) this.#minutes.delete(at);
    return [...this.#minutes.values()].sort((a, b) => a.minute - b.minute);
  }

  /** If a metric could not be read at an evaluation, it has no minutes there, whatever earlier evaluations had. */
  #collectMetrics({ metrics = [] }: Look): MetricEvidence[] {
    return metrics.map(({ name, trouble, minutes, from }) => {
      const known = this.#metrics.get(name) ?? new Map<number, MetricMinute>();
      this.#metrics.set(name, known);
      for (const minute of minutes) known.set(minute.minute, minute);
      const seen = [...known.values()].filter(({ minute }) => from !== null && minute >= from);
      return { name, trouble, minutes: seen.sort((a, b) => a.minute - b.minute) };
    });
  }

  #stateOf({ phase, stage }: LogEntry, { since, split, steered }: Look, { plan }: Began): PresentRun | null {
    const asked = this.#asked ?? plan;
    const percent = plan.stages[stage]?.percent;
    const at = phase === 'stage' ? asked.stages.findIndex((s) => s.percent === percent) : stage;
    const isCohort = stage === COHORT_STAGE && asked.cohort !== undefined;
    if (phase === 'stage' && at === -1 && !isCohort) return null;
    return { plan: asked, phase, stage: at, since, split, baseline: this.#baseline, steered };
  }
}

function nameOf(plan: Plan, phase: Phase, stage: number): string {
  return describePlace({ phase, stage }, plan.stages[stage]?.percent);
}

function makesUp(minutes: readonly MinuteEvidence[], { looked }: Look): boolean {
  return (
    minutes.length === looked.minutes &&
    total(minutes, 'stable', requests) === looked.stableRequests &&
    total(minutes, 'candidate', requests) === looked.candidateRequests
  );
}

function ended({ decision, reason }: Observation, at: string, since: string): Ended | null {
  return decision === 'hold' ? null : { decision, at, reason, seconds: elapsedMs({ since }, fromIso(at)) / 1000 };
}
