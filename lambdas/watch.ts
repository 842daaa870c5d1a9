/** Watch: one observation of the phase in the state. Fetches evidence; the core decides; the log stores both. */

import {
  type Evidence,
  hardStop,
  hooksAt,
  type Observation,
  observe,
  revisedSince,
  steeredAt,
  unreadiness,
} from '../core/evaluation/index.ts';
import { isClosing, SECOND_LOOK_MS } from '../core/fence/index.ts';
import { evidenceSince, hasMost, requests, retaken, total, untargetedBefore } from '../core/gate/index.ts';
import {
  type BaselineSummary,
  type CutoverState,
  type CutoverStateJson,
  fromIso,
  isLeaseOf,
  type Lease,
  type Look,
  type MetricEvidence,
  type ParityVerdict,
  parseState,
  type Revisions,
  type RuleWeights,
  rollbackAlarmsOf,
  sameWeights,
  type TrafficSplit,
  toIso,
  weightsFor,
} from '../core/model/index.ts';
import { observeInterval, reduce } from '../core/phases/index.ts';
import { composed } from './compose/deployment.ts';
import { alarmReadings, hooks, listenerReading, metrics, ownMetrics, parity, revisions } from './compose/ports.ts';
import { recording } from './compose/recording.ts';
import { type Deps, runOf, settle, tell } from './tasks/index.ts';

type WatchDeps = Pick<
  Deps,
  | 'deployment'
  | 'metrics'
  | 'planMetrics'
  | 'hooks'
  | 'revisions'
  | 'parity'
  | 'ledger'
  | 'decisionLog'
  | 'notifier'
  | 'clock'
  | 'emit'
> & {
  readonly ingress: Pick<Deps['ingress'], 'read' | 'health'>;
  readonly alarms: Pick<Deps['alarms'], 'read'>;
};

const OVERLAP_SECONDS = 15 * 60;
const MOST_KEPT_SECONDS = 4 * 3_600;
const MAX_REASONS = 20;
const DECISION = { rollback: -1, hold: 0, advance: 1 } as const;

export function makeHandler(deps: WatchDeps) {
  return async (event: unknown): Promise<CutoverStateJson> => {
    // Whole milliseconds, as in the log, so that a replay is not a fraction later.
    const now = Math.floor(deps.clock.now());
    const { state, steered, rev, live } = await asOwed(deps, parseState(event), now);
    const [revisions, evidence] = await Promise.all([revisionsNow(deps), gather(deps, state, live, now)]);
    const gathered = { ...evidence, revised: revisedSince(state, revisions) };
    const decide = (known: Evidence) => observe(deps.deployment, { ...state, steered }, known, now);
    const first = decide(gathered);
    const seen = { ...gathered, hooks: await votesOf(deps, state, first.observation) };
    const { observation, verdict } = seen.hooks === undefined ? first : decide(seen);
    deps.emit({ GateDecision: DECISION[observation.decision] });
    await warnOfStable(deps, state, seen);
    const baseline = await lastOfControl(deps, state, { minutes: seen.minutes, ...observation }, now);
    const data: Look = {
      ...lookOf(state, seen, now),
      ...(steered === undefined ? {} : { steered }),
      decision: observation.decision,
      verdict,
      ...(baseline === null ? {} : { baseline }),
    };
    const steeringRev = observation.effect === 'restart' ? rev : state.steeringRev;
    const looked = baseline === null ? state : { ...state, baseline };
    const next = { ...looked, steeringRev, ...(await afterRevision(deps, state, revisions, seen, observation, now)) };
    const transition = reduce(next, { type: 'observed', at: now, observation, steered });
    const settled = await settle(deps, state, transition, data);
    await tell(deps, {
      kind: 'decision',
      ...runOf(state),
      subject: `Crossfade ${state.cutoverId}: ${observation.decision}`,
      body: transition.entry.message,
    });
    return settled;
  };
}

/** Hooks are called only if the evidence would advance; undefined if none is called. */
async function votesOf({ hooks }: WatchDeps, state: CutoverState, { decision }: Observation) {
  if (decision !== 'advance' || state.phase !== 'stage') return undefined;
  const { candidatePercent: percent } = state.split;
  const asked = hooksAt(state.plan, 'after', percent);
  return asked.length === 0 ? undefined : hooks.ask(asked, { cutoverId: state.cutoverId, percent });
}

/** null if it could not be read: an unknown revision counts as unchanged, and is read again. */
async function revisionsNow({ revisions }: WatchDeps): Promise<Revisions | null> {
  return revisions.read().catch(() => null);
}

/** The revisions that the run records; people are notified if a new one restarted the phase. */
async function afterRevision(
  deps: WatchDeps,
  state: CutoverState,
  now: Revisions | null,
  { revised }: Evidence,
  { effect, reason }: Observation,
  at: number,
): Promise<Partial<Pick<CutoverState, 'revisions' | 'revisionRestarts' | 'revisedAt'>>> {
  const { revisions, revisionRestarts } = state;
  if (revised == null || effect !== 'restart') return { revisions: revisions ?? now };
  await tell(deps, {
    kind: 'warning',
    ...runOf(state),
    subject: `Crossfade ${state.cutoverId}: phase restarted after a new revision`,
    body: reason,
  });
  return { revisions: now, revisionRestarts: revisionRestarts + 1, revisedAt: toIso(at) };
}

/**
 * Before most customers leave the stable side, and before the last, its look-back is taken again: from then on the
 * candidate is held against what the stable side's minutes reached up to this move. What the plan's times were computed
 * from stays. Null where nothing is to be taken, or can be.
 */
async function lastOfControl(
  { metrics }: WatchDeps,
  { phase, stage, plan, baseline, split }: CutoverState,
  { decision, minutes }: Pick<Observation, 'decision'> & Pick<Evidence, 'minutes'>,
  now: number,
): Promise<BaselineSummary | null> {
  if (phase !== 'stage' || decision !== 'advance' || !hasMost(plan.stages[stage + 1]?.percent ?? 0)) return null;
  const from = now - plan.baseline.lookBack * 1000;
  const taken = await metrics.baseline({ from, to: now }, plan.gate.latencyBudgetMs);
  if (taken === null || baseline === null) return null;
  return retaken(baseline, taken, untargetedBefore(minutes, split.candidatePercent / 100));
}

/** Every rollback depends on stable. If it drops below its snapshot, people are notified at once, and only once. */
async function warnOfStable(deps: WatchDeps, state: CutoverState, seen: Evidence): Promise<void> {
  const message = unreadiness(seen);
  if (message === null || state.reason.includes(message)) return;
  await tell(deps, {
    kind: 'warning',
    ...runOf(state),
    subject: `Crossfade ${state.cutoverId}: the stable side is not ready to take traffic back`,
    body: `${message} Nothing is promoted until it is.`,
  });
}

interface Owed {
  readonly state: CutoverState;
  readonly steered: NonNullable<ReturnType<typeof steeredAt>> | undefined;
  readonly rev: number;
  readonly live: readonly RuleWeights[];
  /** Whether the run still owns the ingress. */
  readonly owner: boolean;
}

/**
 * What the ledger says of the run, and the listener: what was written last, for the mirror may have been closed since
 * the state was made (core/fence/close-mirror.ts), and what people have asked of it. It may be closed between the two
 * readings as well: what does not agree is read again before it is drift.
 */
async function asOwed(deps: WatchDeps, state: CutoverState, now: number): Promise<Owed> {
  const first = await readOwed(deps, state, now);
  // A run that has lost the ingress must not delay its own end.
  if (!first.owner || sameWeights(first.live, weightsFor(deps.deployment, first.state.split))) return first;
  await deps.clock.sleep(SECOND_LOOK_MS);
  return readOwed(deps, state, now);
}

async function readOwed({ ledger, ingress, deployment }: WatchDeps, state: CutoverState, now: number): Promise<Owed> {
  const item = await ledger.read(deployment.ingressId);
  const live = await ingress.read();
  if (!isLeaseOf(item, state)) return { state, steered: undefined, rev: state.steeringRev, live, owner: false };
  const steered = steeredAt(item.steering, state, state.steeringRev, now) ?? undefined;
  const splits = splitsOf(item, state);
  const split = splits.find((each) => sameWeights(live, weightsFor(deployment, each))) ?? splits[0];
  return { state: { ...state, split }, steered, rev: item.steering.rev, live, owner: true };
}

/**
 * The splits of which the listener may carry either: while somebody closes the mirror, the one before and the one
 * after.
 */
function splitsOf(item: Lease, state: CutoverState): readonly [TrafficSplit, ...TrafficSplit[]] {
  const { intent } = item;
  if (intent.confirmed) return [intent.split];
  return isClosing(item) ? [intent.split, state.split] : [state.split];
}

async function gather(
  deps: WatchDeps,
  state: CutoverState,
  live: readonly RuleWeights[],
  now: number,
): Promise<Evidence> {
  const { deployment } = deps;
  const range = { from: fromIso(state.since), to: now };
  const votes = state.phase === 'stage' || state.phase === 'soak';
  const [candidate, stable, alarms, minutes, metrics] = await Promise.all([
    deps.ingress.health('candidate'),
    deps.ingress.health('stable'),
    deps.alarms.read([...rollbackAlarmsOf(deployment, state.plan), ...deployment.shadowAlarms]),
    deps.metrics.minutes({ ...range, from: evidenceSince(range.from, now) }, state.plan.gate.latencyBudgetMs),
    votes && state.plan.metrics.length > 0 ? deps.planMetrics.minutes(state.plan.metrics, range) : undefined,
  ]);
  const needed = Math.max(1, state.capacity?.desired ?? 1);
  const seen = { live, candidate, stable: { healthy: stable.healthy, needed }, alarms, minutes, metrics };
  const wanted = state.phase !== 'stage' && hardStop(deployment, state, seen) === null;
  return { ...seen, parity: wanted ? brief(await deps.parity.judge(state)) : null };
}

/**
 * A state of the machine (256 KiB) and an item of the table (400 KB) must have room for the reasons of any number of
 * routes.
 */
function brief(verdict: ParityVerdict): ParityVerdict {
  const more = verdict.reasons.length - MAX_REASONS;
  return more <= 0 ? verdict : { ...verdict, reasons: [...verdict.reasons.slice(0, MAX_REASONS), `and ${more} more`] };
}

/** The part of the evidence that the entry stores. */
function lookOf(state: CutoverState, seen: Evidence, now: number): Omit<Look, 'decision'> {
  const { minutes, metrics, alarms, live, candidate, stable, parity } = seen;
  return {
    since: state.since,
    split: state.split,
    alarms: alarms.map((a) => ({ ...a, mutedBy: [...a.mutedBy] })),
    live: [...live],
    candidate,
    ...(stable === undefined ? {} : { stable }),
    ...(seen.hooks === undefined ? {} : { hooks: [...seen.hooks] }),
    ...(seen.revised == null ? {} : { revised: { ...seen.revised, changes: [...seen.revised.changes] } }),
    parity: parity === null ? null : { ...parity, reasons: [...parity.reasons] },
    minutes: sinceLastLook(state, minutes, now),
    ...(metrics === undefined ? {} : { metrics: metrics.map((metric) => metricLook(state, metric, now)) }),
    looked: {
      from: minutes[0]?.minute ?? null,
      minutes: minutes.length,
      stableRequests: total(minutes, 'stable', requests),
      candidateRequests: total(minutes, 'candidate', requests),
    },
  };
}

function metricLook(state: CutoverState, { name, trouble, minutes }: MetricEvidence, now: number) {
  return { name, trouble, minutes: sinceLastLook(state, minutes, now), from: minutes[0]?.minute ?? null };
}

/**
 * Minutes that the entry before may not have had. All of them, every time, would outgrow an item of the table (400 KB)
 * within two days of soak; the overlap is for looks that failed and for minutes that came late. Of a run that has been
 * held for days an entry has the last hours; a replay says which looks it cannot repeat.
 */
function sinceLastLook<M extends { readonly minute: number }>(
  state: CutoverState,
  minutes: readonly M[],
  now: number,
): M[] {
  const gap = Math.max(observeInterval(state), state.waitSeconds);
  const from = now - Math.min(2 * gap + OVERLAP_SECONDS, MOST_KEPT_SECONDS) * 1000;
  return minutes.filter((m) => m.minute >= from);
}

export const compose = composed((deployment) => ({
  ...recording(deployment),
  ingress: listenerReading(deployment),
  metrics: metrics(deployment),
  planMetrics: ownMetrics(deployment),
  hooks: hooks(deployment),
  revisions: revisions(deployment),
  alarms: alarmReadings(),
  parity: parity(deployment),
}));
export const handler = (event: unknown) => makeHandler(compose())(event);
