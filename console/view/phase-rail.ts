/** The phases of a run in a row: done, present, and to come. */

import { COHORT_STAGE, fromIso, type Lease, type LogEntry, type Plan, planIn } from '../../core/model/index.ts';
import type { PhaseStep } from './page-view.ts';

interface Station {
  readonly name: string;
  readonly phase: string;
  readonly stage: number;
  /** Minimum duration in seconds; null if only people or AWS end the phase. */
  readonly seconds: number | null;
}

/** @param lease of the run; null if it never had one */
export function phaseRail(log: readonly LogEntry[], lease: Lease | null): PhaseStep[] {
  const plan = planIn(log);
  if (plan === null) return [];
  const stations = stationsOf(plan);
  const begins = stations.map((station) => beginOf(log, station));
  const last = begins.findLastIndex((at) => at !== null);
  const over = lease !== null && lease.status !== 'running';
  return stations.map(({ name, seconds }, i): PhaseStep => {
    const startedAt = begins[i] ?? null;
    const endedAt = begins.slice(i + 1).find((at) => at !== null) ?? null;
    if (startedAt === null)
      return { name, state: i < last ? 'done' : 'next', startedAt: null, endedAt: null, dueAt: null };
    const here = i === last;
    const state = !here || lease?.status === 'completed' ? 'done' : over ? 'failed' : 'now';
    const end = here && over ? endOf(log) : endedAt;
    return {
      name,
      state,
      startedAt,
      endedAt: end,
      dueAt: here && seconds !== null ? startedAt + seconds * 1000 : null,
    };
  });
}

function stationsOf({ shadow, cohort, stages, soak, retention }: Plan): Station[] {
  const at = (name: string, phase: string, seconds: number | null = null, stage = -1): Station => ({
    name,
    phase,
    stage,
    seconds,
  });
  return [
    at('Preflight', 'preflight'),
    at('Baseline', 'baseline'),
    at('Shadow', 'shadow', shadow.duration),
    at('Exercise', 'exercise', shadow.exercise),
    at('Sign-off', 'shadowSignoff'),
    ...(cohort === undefined ? [] : [at('Cohort', 'stage', cohort.bake, COHORT_STAGE)]),
    ...stages.map(({ percent, bake }, i) => at(`${percent} %`, 'stage', bake, i)),
    at('Soak', 'soak', soak.duration),
    at('Final sign-off', 'finalSignoff'),
    at('Decommission', 'decommission'),
    at('Retention', 'retention', retention),
    at('Complete', 'complete'),
  ];
}

/** The first entry that was written during it. */
function beginOf(log: readonly LogEntry[], { phase, stage }: Station): number | null {
  const first = log.find((e) => e.phase === phase && (phase !== 'stage' || e.stage === stage));
  return first === undefined ? null : fromIso(first.at);
}

function endOf(log: readonly LogEntry[]): number | null {
  const last = log.at(-1);
  return last === undefined ? null : fromIso(last.at);
}
