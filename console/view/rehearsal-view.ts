/** The evidence of a rehearsal as the page shows it. */

import { describeCause } from '../../core/model/index.ts';
import type { Side } from '../../sides/index.ts';
import { decisionRows, marksOf } from './decision-rows.ts';
import { evidenceCharts } from './evidence-path.ts';
import { gaugesOf } from './gauges.ts';
import type { PageView, RunView } from './page-view.ts';
import { parityList } from './parity-list.ts';
import { phaseRail } from './phase-rail.ts';
import type { RateSample, RunEvidence } from './run-evidence.ts';
import { type TrafficSample, trafficCharts } from './traffic-charts.ts';
import { clock, countText, secondsText, wayBack } from './wording.ts';

export function rehearsalPage(runs: readonly RunEvidence[]): PageView {
  const at = Math.max(0, ...runs.map(({ endedAt }) => endedAt));
  return {
    mode: 'frozen',
    title: 'Crossfade rehearsal',
    at,
    caller: null,
    runs: runs.map(rehearsedRun),
    history: [],
    gaps: [],
  };
}

function rehearsedRun(run: RunEvidence): RunView {
  const { log, ledger, startedAt: from, endedAt: to } = run;
  const frame = { from, to, marks: marksOf(log, ledger, run.fault) };
  const intervalSeconds = intervalOf(run);
  const interval = `${intervalSeconds} s of simulated time`;
  const traffic = {
    samples: run.rates.map(sampleOf),
    intervalSeconds,
    interval,
    source: 'as customers saw them',
  };
  return {
    cutover: run.cutoverId,
    title: run.title,
    headline: { tone: run.verdict.ok ? 'good' : 'bad', sentence: run.verdict.sentence },
    facts: factsOf(run),
    from,
    to,
    clock: 'elapsed',
    phases: phaseRail(log, ledger),
    shares: sharesOf(run),
    gauges: gaugesOf(log),
    evaluation: log.findLast(({ kind }) => kind === 'observation')?.message ?? '',
    parity: parityList(log, []),
    signoff: null,
    alarms: [],
    charts: [...trafficCharts(run.weights, traffic, frame), ...evidenceCharts(log, frame)],
    decisions: decisionRows(log, run.alarms),
    actions: [],
  };
}

/** What the cohort's rule did, from before the run to its end; empty without a cohort. */
export function cohortText({ cohort, startedAt }: Pick<RunEvidence, 'cohort' | 'startedAt'>): string {
  return cohort
    .map(({ at, share }, i) => {
      const percent = `${Number((share * 100).toFixed(1))} %`;
      return i === 0 ? `${percent} to the candidate before the run` : `${percent} from ${clock(at - startedAt)} on`;
    })
    .join(', ');
}

function sampleOf({ at, sides }: RateSample): TrafficSample {
  const side = (name: Side) => {
    const found = sides[name];
    if (found === undefined) return {};
    const requests = found.ok + found.failed;
    const measured = (value: number) => (requests === 0 ? null : value);
    return { [name]: { requests, errors: found.failed, p50: measured(found.p50), p95: measured(found.p95) } };
  };
  return { at, sides: { ...side('stable'), ...side('candidate') } };
}

/** The simulated seconds that a sample represents. */
function intervalOf({ rates }: RunEvidence): number {
  const [first, last] = [rates[0], rates.at(-1)];
  if (first === undefined || last === undefined || rates.length < 2) return 0;
  return Math.round((last.at - first.at) / 1000 / (rates.length - 1));
}

function sharesOf({ weights }: RunEvidence): RunView['shares'] {
  return Object.entries(weights.at(-1)?.shares ?? {})
    .filter(([, share]) => share > 0)
    .map(([side, share]) => ({ side, label: side, percent: Number((share * 100).toFixed(1)) }));
}

function factsOf(run: RunEvidence): RunView['facts'] {
  const { requests, back, ledger, fault } = run;
  const failed =
    Object.entries(requests.failed)
      .map(([side, n]) => `${countText(n)} answered by ${side}`)
      .join(', ') || 'none';
  return [
    [
      'Client requests',
      `${countText(requests.sent)} sent; failed: ${failed}; failed after traffic was confirmed back on stable: ${countText(requests.failedAfterReturn)}`,
    ],
    ['Candidate', run.candidate],
    ...(run.cohort.length === 0 ? [] : [['Rule of the cohort', cohortText(run)] as const]),
    [
      'Time',
      `${secondsText((run.endedAt - run.startedAt) / 1000)} of simulated time, at ${run.speed} times real speed; all times on this page are simulated, latencies are real`,
    ],
    ...(fault === null ? [] : [['Fault', fault.text] as const]),
    ...(back === null
      ? []
      : [
          [
            'After the fault',
            `rollback triggered after ${secondsText(back.toRequest)}, weights restored after ${secondsText(back.toWeights)}, traffic confirmed back on stable after ${secondsText(back.toVerified)}`,
          ] as const,
        ]),
    ...(ledger?.rollback == null
      ? []
      : [['Rolled back by', describeCause(ledger.rollback)] as const, ['Return', wayBack(ledger)] as const]),
  ];
}
