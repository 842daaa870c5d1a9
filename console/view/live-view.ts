/** A deployed ingress as the page shows it: what was read from AWS, and what it means. */

import { pauseAt } from '../../core/evaluation/index.ts';
import {
  type AlarmReading,
  type ApprovalRequest,
  commandAt,
  type Deployment,
  describeCause,
  describeWeights,
  fromIso,
  GROUP_ROLES,
  type GroupRole,
  type Lease,
  type LogEntry,
  placeOfRun,
  planIn,
  type RuleWeights,
  ruleOfCustomers,
  shareOf,
} from '../../core/model/index.ts';
import { type RunSoFar, signoffRules } from '../../core/phases/index.ts';
import { actionOffers } from './action-offers.ts';
import { candidatePercent, decisionRows, marksOf } from './decision-rows.ts';
import { evidenceCharts } from './evidence-path.ts';
import { gaugesOf } from './gauges.ts';
import type { AlarmLine, PageView, PastRun, PendingSignoff, RunView, Share, Tone } from './page-view.ts';
import { type ParityCause, parityList } from './parity-list.ts';
import { phaseRail } from './phase-rail.ts';
import { type TrafficSeries, trafficCharts, type WeightsAt } from './traffic-charts.ts';
import { wayBack } from './wording.ts';

/** What was read about one run. */
export interface RunReading {
  readonly deployment: Deployment;
  readonly lease: Lease;
  readonly log: readonly LogEntry[];
  /** null if CloudWatch could not be read. */
  readonly traffic: TrafficSeries | null;
  readonly causes: readonly ParityCause[];
}

/** What can be read only about the run that owns the ingress now. */
export interface PresentReading {
  readonly live: readonly RuleWeights[];
  /** Whether the live weights differ from the desired ones. */
  readonly drift: boolean;
  readonly alarms: readonly AlarmReading[];
  readonly request: ApprovalRequest | null;
  readonly soFar: RunSoFar | null;
}

export interface IngressReading {
  readonly deployment: Deployment;
  readonly at: number;
  readonly caller: string | null;
  /** null if no run has ever begun here. */
  readonly run: RunReading | null;
  /** null for an earlier run. */
  readonly present: PresentReading | null;
  readonly past: readonly Lease[];
  readonly gaps: readonly string[];
}

export function livePage({ deployment, at, caller, run, present, past, gaps }: IngressReading): PageView {
  return {
    mode: 'live',
    title: `Crossfade · ${deployment.ingressId}`,
    at,
    caller,
    runs: run === null ? [] : [runView(run, present, at, caller)],
    history: [...past].reverse().map(pastRun),
    gaps,
  };
}

function runView(run: RunReading, present: PresentReading | null, now: number, caller: string | null): RunView {
  const { deployment, lease, log, traffic, causes } = run;
  const from = fromIso(lease.startedAt);
  const to = present === null || lease.status !== 'running' ? endOf(log, now) : now;
  const frame = { from, to, marks: marksOf(log, lease, null) };
  const signoff = present?.request == null ? null : pending(deployment, lease, log, present.request);
  const weights = weightsOf(log, lease);
  return {
    cutover: lease.cutoverId,
    title: lease.drill === null ? `Cutover ${lease.cutoverId}` : `Drill ${lease.cutoverId}`,
    headline: headlineOf(lease, present, now),
    facts: factsOf(run, present, now),
    from,
    to,
    clock: 'utc',
    phases: phaseRail(log, lease),
    shares: present === null ? [] : sharesOf(deployment, present.live),
    gauges: lease.status === 'running' ? gaugesOf(log) : [],
    evaluation: log.findLast(({ kind }) => kind === 'observation')?.message ?? '',
    parity: parityList(log, causes),
    signoff,
    alarms: (present?.alarms ?? []).map(alarmState),
    charts: [
      ...trafficCharts(weights, traffic ?? { samples: [], intervalSeconds: 0, interval: '', source: '' }, frame),
      ...evidenceCharts(log, frame),
    ],
    decisions: decisionRows(log, []),
    actions: present === null ? [] : actionOffers({ lease, soFar: present.soFar, signoff, caller, now }),
  };
}

function headlineOf(lease: Lease, present: PresentReading | null, now: number): RunView['headline'] {
  const { status, rollback } = lease;
  if (present?.drift === true)
    return {
      tone: 'bad',
      sentence:
        'DRIFT: the live weights differ from the expected ones; the watchdog will correct them within a minute.',
    };
  if (status === 'completed') return { tone: 'good', sentence: 'Complete: the candidate answers all requests.' };
  if (status === 'rolled_back')
    return {
      tone: 'bad',
      sentence: `ROLLED BACK, all traffic is on stable. Cause: ${rollback === null ? 'unknown' : describeCause(rollback)}`,
    };
  if (status === 'rolling_back')
    return { tone: 'bad', sentence: `Rolling back: ${rollback?.reason}. ${wayBack(lease)}` };
  const pause = pauseAt(lease.steering, now);
  if (pause !== null)
    return {
      tone: 'warn',
      sentence: `Paused by ${pause.by} until ${pause.until}${because(pause.reason)}.`,
    };
  if (present?.request != null) return { tone: 'warn', sentence: `Waiting for the ${present.request.kind} sign-off.` };
  return { tone: 'busy', sentence: 'Running; every step forward needs its evidence.' };
}

function factsOf(
  { deployment, lease, log }: RunReading,
  present: PresentReading | null,
  now: number,
): RunView['facts'] {
  const pause = lease.status === 'running' ? pauseAt(lease.steering, now) : null;
  const { rollback, startedAt, startedBy, generation } = lease;
  const { request } = lease.steering;
  return [
    ['Started', `${startedAt}${startedBy === null ? '' : ` by ${startedBy}`}`],
    ...(present === null ? [] : [['Live weights', describeWeights(deployment, present.live)] as const]),
    ...(pause === null ? [] : [['Paused', `by ${pause.by} until ${pause.until}${because(pause.reason)}`] as const]),
    ['Lease', `generation ${generation}, ${log.length} entries in the decision log`],
    ...(request === null
      ? []
      : [
          [
            'Asked for',
            `${request.kind} by ${request.by} at ${request.at}${request.override ? ', without evidence' : ''}`,
          ] as const,
        ]),
    ...(rollback === null
      ? []
      : [
          ['Rolled back', `at ${rollback.requestedAt}, triggered by ${describeCause(rollback)}`] as const,
          ['Return', wayBack(lease)] as const,
        ]),
  ];
}

function because(reason: string): string {
  return reason === '' ? '' : ` (${reason})`;
}

const LABELS: Readonly<Record<GroupRole, string>> = {
  stable: 'stable',
  candidate: 'candidate',
  mirrorForward: 'mirror (answers from stable)',
  mirrorReverse: 'mirror (answers from candidate)',
};

function sharesOf(deployment: Deployment, live: readonly RuleWeights[]): Share[] {
  const shown = ruleOfCustomers(deployment);
  const rule = live.find(({ ruleArn }) => ruleArn === shown?.arn);
  if (rule === undefined) return [];
  return GROUP_ROLES.map((side) => ({
    side,
    label: LABELS[side],
    percent: Number((shareOf(deployment, rule, [side]) * 100).toFixed(1)),
  })).filter(({ percent }) => percent > 0);
}

function weightsOf(log: readonly LogEntry[], lease: Lease): WeightsAt[] {
  const shares = (percent: number) => ({ stable: 1 - percent / 100, candidate: percent / 100 });
  const steps = log.flatMap((entry) => {
    const percent = candidatePercent(entry);
    return percent === null ? [] : [{ at: fromIso(entry.at), shares: shares(percent) }];
  });
  const back = lease.rollback?.confirmedAt ?? null;
  return [
    { at: fromIso(lease.startedAt), shares: shares(0) },
    ...steps,
    ...(back === null ? [] : [{ at: fromIso(back), shares: shares(0) }]),
  ];
}

function endOf(log: readonly LogEntry[], now: number): number {
  const last = log.at(-1);
  return last === undefined ? now : fromIso(last.at);
}

function pending(
  deployment: Deployment,
  { startedBy }: Lease,
  log: readonly LogEntry[],
  { kind, askedAt, expiresAt, evidence, agreed, cutoverId: id }: ApprovalRequest,
): PendingSignoff {
  const plan = planIn(log);
  return {
    kind,
    askedAt,
    expiresAt: fromIso(expiresAt),
    evidence,
    agreed: agreed.map(({ by }) => by),
    rules: plan === null ? [] : signoffRules({ plan, startedBy }),
    commands: [commandAt(deployment, `approve ${id}`), commandAt(deployment, `refuse ${id}`)],
  };
}

function alarmState({ name, state, actionsEnabled, mutedBy }: AlarmReading): AlarmLine {
  const note = mutedBy.length > 0 ? `muted by ${mutedBy.join(', ')}` : actionsEnabled ? '' : 'its actions are disabled';
  return { name, state, note };
}

const OUTCOMES: Readonly<Record<Lease['status'], readonly [text: string, tone: Tone]>> = {
  running: ['running', 'busy'],
  rolling_back: ['rolling back', 'bad'],
  rolled_back: ['rolled back', 'bad'],
  completed: ['completed', 'good'],
};

function pastRun(run: Lease): PastRun {
  const { cutoverId, startedAt, startedBy, status, rollback, drill } = run;
  const [outcome, tone] = OUTCOMES[status];
  return {
    cutover: cutoverId,
    startedAt,
    startedBy: startedBy ?? '',
    outcome: drill === null ? outcome : `drill, ${outcome}`,
    tone,
    why: rollback === null ? placeOfRun(run) : `${rollback.trigger}: ${rollback.reason}`,
  };
}
