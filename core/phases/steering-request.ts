/**
 * What people may request of a run, and when. A request becomes the lease's next steering, or a sentence that explains
 * the refusal.
 */
import { isAgreed, pauseAt, pausedMs } from '../evaluation/index.ts';
import {
  COHORT_STAGE,
  fromIso,
  type Lease,
  type LogEntry,
  type Look,
  lookIn,
  type Phase,
  type Plan,
  placeOfRun,
  type Steering,
  toIso,
} from '../model/index.ts';
import { TASK_ALLOWANCE_SECONDS } from './reducer.ts';

/**
 * Longest total duration of all pauses of a run. Every evaluation of a paused run takes history events of the
 * execution. This is what the limit of Step Functions leaves beyond the plan's own budget (core/phases/timeline.ts),
 * with one evaluation a minute.
 */
export const MOST_PAUSED_SECONDS = 8 * 3_600;
/** Each restart gives the candidate another chance to pass by luck, and repeats the duration of the stage. */
export const MOST_RETRIES = 3;

export type SteeringRequest =
  | { readonly kind: 'pause'; readonly seconds: number }
  | { readonly kind: 'resume' }
  | { readonly kind: 'promote'; readonly override: boolean }
  | { readonly kind: 'retry' };

export interface Asking {
  /** IAM identity (ARN) of the person who requests it. */
  readonly by: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The facts besides the lease on which the answer depends. */
export interface RunSoFar {
  readonly plan: Plan;
  /** Latest observation of the present phase or stage; null before the first, and if this version cannot read it. */
  readonly look: Pick<Look, 'decision' | 'verdict' | 'parity'> | null;
  /** The sentence of that observation. */
  readonly said: string;
}

/** What the run's log says about the phase or stage in the lease. */
export function soFarOf(plan: Plan, entries: readonly LogEntry[], { phase, stage }: Lease): RunSoFar {
  const last = entries.findLast((e) => e.kind === 'observation' && e.phase === phase && e.stage === stage);
  return { plan, look: last === undefined ? null : lookIn(last), said: last?.message ?? '' };
}

export type SteeringAnswer = { readonly steering: Steering; readonly message: string } | { readonly refused: string };

const LOOKING: readonly Phase[] = ['shadow', 'exercise', 'stage', 'soak'];
const IN: Readonly<Record<SteeringRequest['kind'], readonly Phase[]>> = {
  pause: [...LOOKING, 'decommission'],
  resume: [...LOOKING, 'decommission'],
  promote: LOOKING,
  retry: ['shadow', 'stage', 'soak'],
};

/** Decides on a request, given the lease that its command has read: the steering to write, or the reason to refuse. */
export function askSteering(lease: Lease, request: SteeringRequest, asking: Asking, run: RunSoFar): SteeringAnswer {
  const wrong = misplaced(lease, request.kind);
  if (wrong !== null) return { refused: wrong };
  switch (request.kind) {
    case 'pause':
      return pause(lease, request.seconds, asking, run.plan);
    case 'resume':
      return resume(lease, asking, run.plan);
    case 'promote':
      return withTime(promote(lease, request.override, asking, run), lease, asking);
    case 'retry':
      return withTime(retry(lease, asking, run.plan), lease, asking);
  }
}

/** A run that has been held for days is evaluated less often than people expect (look-interval.ts). */
const SOON_MS = 15 * 60_000;

function withTime(answer: SteeringAnswer, { heartbeatDueAt }: Lease, { now }: Asking): SteeringAnswer {
  const due = fromIso(heartbeatDueAt) - TASK_ALLOWANCE_SECONDS * 1000;
  if ('refused' in answer || due - now <= SOON_MS) return answer;
  return { ...answer, message: `${answer.message} The next evaluation is due at ${toIso(due)}.` };
}

/**
 * The same for a pause, which depends only on the lease; `misplaced`: not in this phase, but perhaps in a later one.
 * @param plan only words the message; null if it is not at hand
 */
export function askPause(
  lease: Lease,
  seconds: number,
  asking: Asking,
  plan: Plan | null,
):
  | Extract<SteeringAnswer, { steering: Steering }>
  | { readonly refused: string; readonly kind: 'misplaced' | 'spent' } {
  const wrong = misplaced(lease, 'pause');
  if (wrong !== null) return { refused: wrong, kind: 'misplaced' };
  const answer = pause(lease, seconds, asking, plan);
  return 'refused' in answer ? { ...answer, kind: 'spent' } : answer;
}

/** Why a run in this state cannot accept such a request; null if it can. */
function misplaced(lease: Lease, kind: SteeringRequest['kind']): string | null {
  const { cutoverId, status, phase } = lease;
  const no = `there is nothing to ${kind}.`;
  if (status !== 'running') return `Cutover ${cutoverId} is ${status.replace('_', ' ')}: ${no}`;
  if (lease.drill !== null) return `${cutoverId} is a drill, which its own alarm ends: ${no}`;
  if (phase === 'shadowSignoff' || phase === 'finalSignoff')
    return `Cutover ${cutoverId} is waiting for a sign-off: ${no} Use approve or refuse.`;
  if (!IN[kind].includes(phase)) return `Cutover ${cutoverId} is in the ${phase} phase: ${no}`;
  return null;
}

function pause(
  { steering, ...lease }: Lease,
  seconds: number,
  { by, reason, now }: Asking,
  plan: Plan | null,
): SteeringAnswer {
  const lasting = pauseAt(steering, now);
  if (lasting !== null)
    return { refused: `Cutover ${lease.cutoverId} is paused already, by ${lasting.by} until ${lasting.until}.` };
  const left = MOST_PAUSED_SECONDS - pausedMs(steering, 0, now) / 1000;
  if (seconds > left)
    return {
      refused: `A run may be paused for ${MOST_PAUSED_SECONDS / 3_600} h in total, of which ${Math.floor(Math.max(0, left) / 60)} min are left: ask for a shorter pause.`,
    };
  const until = toIso(now + seconds * 1000);
  return {
    steering: next(steering, { pauses: [...steering.pauses, { by, reason, from: toIso(now), until }], request: null }),
    message: `Paused ${whereabouts(lease, plan)} until ${until}. Rollback, alarms and the watchdog stay armed.`,
  };
}

function resume({ steering, ...lease }: Lease, { now }: Asking, plan: Plan): SteeringAnswer {
  const lasting = pauseAt(steering, now);
  if (lasting === null) return { refused: `Cutover ${lease.cutoverId} is not paused.` };
  const pauses = [...steering.pauses.slice(0, -1), { ...lasting, until: toIso(Math.max(now, fromIso(lasting.from))) }];
  return { steering: next(steering, { pauses }), message: `Resumed ${whereabouts(lease, plan)}.` };
}

function promote(lease: Lease, override: boolean, asking: Asking, { plan, look, said }: RunSoFar): SteeringAnswer {
  const { steering, cutoverId } = lease;
  const { by, now } = asking;
  if (pauseAt(steering, now) !== null) return { refused: `Cutover ${cutoverId} is paused; resume it first.` };
  if (look?.decision === 'rollback') return { refused: `Cutover ${cutoverId} is about to roll back: ${said}` };
  if (!override && !hasEvidence(look))
    return {
      refused: `The evidence for ${whereabouts(lease, plan)} is not in yet. ${said === '' ? 'Nothing has been evaluated yet.' : said}`,
    };
  if (override && look?.parity?.status === 'dirty')
    return { refused: `Parity shows breaking differences, which no override can skip. ${said}` };
  const persons = override ? plan.signoff.overridePersons : 1;
  const asked = steering.request;
  const same = asked?.kind === 'promote' && asked.phase === lease.phase && asked.stage === lease.stage;
  if (same && asked.override === override) {
    if (isAgreed(asked))
      return { refused: `The promotion of ${whereabouts(lease, plan)} was already requested, by ${asked.by}.` };
    if (asked.by === by)
      return {
        refused: `You requested this override at ${asked.at}; the plan requires a second person to request it too.`,
      };
    return {
      steering: next(steering, { request: { ...asked, seconded: by } }),
      message: `Second person for the override: ${whereabouts(lease, plan)} advances at the next evaluation unless something is unsafe.`,
    };
  }
  const request = { ...asks('promote', lease, asking), override, persons };
  const message = !override
    ? `${whereabouts(lease, plan)} advances at the next evaluation if its evidence still stands.`
    : persons === 1
      ? `${whereabouts(lease, plan)} advances at the next evaluation without its evidence, unless something is unsafe.`
      : `The override waits for a second person, who runs the same command.`;
  return { steering: next(steering, { request }), message: sentence(message) };
}

/** Whether the comparison of the last evaluation supports it, even if something else held the run. */
function hasEvidence(look: RunSoFar['look']): boolean {
  if (look === null) return false;
  if (look.decision === 'advance') return true;
  const { verdict, parity } = look;
  if (typeof verdict === 'object' && verdict !== null && 'decision' in verdict) return verdict.decision === 'advance';
  return parity?.status === 'clean';
}

function retry(lease: Lease, asking: Asking, plan: Plan): SteeringAnswer {
  const { steering } = lease;
  if (steering.retries >= MOST_RETRIES)
    return {
      refused: `Cutover ${lease.cutoverId} was restarted ${MOST_RETRIES} times already: each time the candidate gets another chance to pass by luck.`,
    };
  const request = asks('retry', lease, asking);
  return {
    steering: next(steering, { request, retries: steering.retries + 1 }),
    message: `${sentence(whereabouts(lease, plan))} starts again at the next evaluation, at the same weights; its earlier evidence no longer counts.`,
  };
}

/** What one person asks for, of the phase or stage in which the run stands. */
function asks(
  kind: 'promote' | 'retry',
  { phase, stage }: Lease,
  { by, reason, now }: Asking,
): NonNullable<Steering['request']> {
  return { kind, by, reason, at: toIso(now), phase, stage, override: false, seconded: null, persons: 1 };
}

function next(steering: Steering, change: Partial<Steering>): Steering {
  return { ...steering, ...change, rev: steering.rev + 1 };
}

/** For example `stage 10 % (2 of 4) of first`, `the cohort of first` or `the soak phase of first`. */
function whereabouts(lease: Pick<Lease, 'cutoverId' | 'phase' | 'stage' | 'intent'>, plan: Plan | null): string {
  const { cutoverId, phase, stage } = lease;
  if (phase !== 'stage') return `the ${phase} phase of ${cutoverId}`;
  if (stage === COHORT_STAGE) return `the cohort of ${cutoverId}`;
  const among = plan === null ? '' : ` (${stage + 1} of ${plan.stages.length})`;
  return `${placeOfRun(lease)}${among} of ${cutoverId}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
