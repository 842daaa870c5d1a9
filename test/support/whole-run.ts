/**
 * Rehearses a whole cutover in a test. If its demands are not met, the evidence is kept in a folder that the failure
 * message names.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { TestContext } from 'vitest';
import { type Pace, paceOn, thisMachine, USUAL_PACE } from '../../cli/rehearse/pace.ts';
import { frozenDocument } from '../../console/document/document.ts';
import { rehearsalPage } from '../../console/view/rehearsal-view.ts';
import type { RunEvidence } from '../../console/view/run-evidence.ts';
import { decisionLogLines } from '../../core/model/decision-log.ts';
import type { LoadTick } from '../../rehearsal/load/load.ts';
import { type RehearsalOptions, rehearse } from '../../rehearsal/scenario/rehearse.ts';
import type { Scenario } from '../../rehearsal/scenario/run-course.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const KEPT = join(ROOT, '.crossfade', 'failed-runs');

/** What was observed during the run. It is kept even if the run never ends. */
interface Seen {
  readonly events: { readonly at: number; readonly event: unknown }[];
  readonly notes: { readonly at: number; readonly text: string }[];
  readonly failures: ClientFailures[];
  readonly startedAt: number;
}

interface ClientFailures {
  /** Virtual instant at which the tick was received. */
  readonly at: number;
  /** Real instants: when the tick began, and when each failed request was sent. */
  readonly tickAt: number;
  readonly failedSentAt: readonly number[];
  readonly side: string;
  readonly failed: number;
  readonly ok: number;
}

/**
 * Slows the pace of an idle machine down as `crossfade rehearse` does on this machine, so that a test's clock does not
 * run ahead of its work.
 */
export function paced(free: Pace): Pace {
  const share = paceOn(1, thisMachine()).speed / USUAL_PACE.alone.speed;
  return { speed: free.speed * share, rps: free.rps * share };
}

/**
 * Rehearses `scenario` and checks it against `demands`. A test that times out aborts the run, and waits until
 * everything that it started has stopped.
 */
export async function wholeRun(
  scenario: Scenario,
  options: Omit<RehearsalOptions, 'progress' | 'signal'>,
  { signal, onTestFinished }: Pick<TestContext, 'signal' | 'onTestFinished'>,
  demands: (run: RunEvidence) => void,
): Promise<void> {
  const seen: Seen = { events: [], notes: [], failures: [], startedAt: Date.now() };
  const progress = {
    event: (at: number, event: unknown) => void seen.events.push({ at, event }),
    note: (at: number, text: string) => void seen.notes.push({ at, text }),
    tick: (at: number, tick: LoadTick) => void seen.failures.push(...failuresOf(at, tick)),
    state: () => {},
  };
  const running = rehearse(scenario, { ...options, progress, signal });
  onTestFinished(async () => {
    await running.catch(() => null);
  });
  let run: RunEvidence | null = null;
  try {
    run = await running;
    demands(run);
  } catch (error) {
    const folder = keep(scenario.title, seen, run, error);
    throw new Error(`${messageOf(error)}\nThe run's evidence is kept in ${relative(ROOT, folder)}`, { cause: error });
  }
}

function failuresOf(at: number, { at: tickAt, sides }: LoadTick): ClientFailures[] {
  return Object.entries(sides)
    .filter(([, { failed }]) => failed > 0)
    .map(([side, { failed, ok, failedSentAt }]) => ({ at, tickAt, failedSentAt, side, failed, ok }));
}

function keep(title: string, seen: Seen, run: RunEvidence | null, error: unknown): string {
  const folder = join(KEPT, `${title.replace(/\W+/g, '-')}-${seen.startedAt}`);
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const lines = (items: readonly unknown[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('');
  write('events.ndjson', lines(seen.events));
  write('notes.ndjson', lines(seen.notes));
  write('client-failures.ndjson', lines(seen.failures));
  if (run !== null) {
    write('report.html', frozenDocument(rehearsalPage([run])));
    write('decision-log.ndjson', `${[...decisionLogLines(run, run.log)].join('\n')}\n`);
    write('listener.ndjson', lines(run.weights));
    write('alarms.ndjson', lines(run.alarms));
    write('run.json', JSON.stringify({ ...run, log: undefined, rates: undefined }, null, 2));
  }
  write('summary.txt', summary(title, seen, run, error));
  return folder;
}

/** The summary that `.ci/run` prints. */
function summary(title: string, seen: Seen, run: RunEvidence | null, error: unknown): string {
  const failed = seen.failures.reduce((sum, { failed }) => sum + failed, 0);
  return [
    `${title}: ${messageOf(error)}`,
    `verdict: ${run?.verdict.sentence ?? 'the run did not come to its end'}`,
    `client failures: ${failed}${failed === 0 ? '' : `, the last at ${seen.failures.at(-1)?.at}`}`,
    `rollback: ${JSON.stringify(run?.ledger?.rollback ?? null)}`,
    `alarms: ${run?.alarms.map((a) => `${a.name} ${a.to} at ${a.at}`).join('; ') ?? 'see events.ndjson'}`,
    '',
  ].join('\n');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
