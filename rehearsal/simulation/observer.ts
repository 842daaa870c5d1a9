/** Checks the invariants at every change and after every run of a watchdog, independently of the product's code. */

import { pauseAt } from '../../core/evaluation/index.ts';
import { fromIso, isSafe } from '../../core/model/index.ts';
import type { Invocation } from './functions.ts';
import type { Execution } from './interpreter.ts';
import { MINUTE_MS, SCALING, type Site, TASKS } from './site/index.ts';
import { deadOf, isOwned, overlapping, sickOf, stableReady, wrongWeightsOf } from './wrongs.ts';

export const INVARIANTS = [
  'dead side',
  'sick side',
  'trigger to safe weights',
  'wrong weights',
  "another run's event",
  'told',
  'says rolled back',
  'capacity returns',
  'secret',
  'ends',
  'healthy run completes',
  'a pause holds',
  'two persons',
  'tasks of others',
] as const;
export type Invariant = (typeof INVARIANTS)[number];

export interface Violation {
  readonly invariant: Invariant;
  /** Milliseconds since the simulation's start. */
  readonly at: number;
  readonly what: string;
}

/** After how many fault-free runs of the watchdog a problem must be fixed; failures are counted late. */
const LOOKS = { 'dead side': 2, 'sick side': 8, 'wrong weights': 2 } as const;
/** How long an invocation that slept may still act. */
const QUIET_AFTER_FAULT_MS = 15 * MINUTE_MS;

/** An evaluation that read the lease before the pause may still lead to a shift, and clocks differ by two minutes. */
const PAUSE_BEGINS_MS = 4 * MINUTE_MS;
const PAUSE_ENDS_MS = 2.5 * MINUTE_MS;

/** A run that was seen within this time is alive, whatever the clocks say. */
const ALIVE_MS = 5 * MINUTE_MS;

/** The state in which an execution rolls its own run back. */
const ROLLBACK = 'Rollback';

/** The error of an execution that a person stopped, who therefore knows. */
export const BY_HAND = 'Aborted';
/** What a rollback met: `tasks`, stable had too few to take everything back; `faults`, failed calls or functions. */
export const MET = ['nothing', 'faults', 'tasks'] as const;
export type Met = (typeof MET)[number];

/** The duration of a rollback. */
export interface ToSafe {
  readonly ms: number;
  readonly met: Met;
}

interface Wrong {
  readonly key: string;
  readonly since: number;
  looks: number;
}

export class Observer {
  readonly violations: Violation[] = [];
  /** Milliseconds from each trigger to the first safe weights. */
  readonly toSafe: ToSafe[] = [];
  readonly #now: () => number;
  readonly #start: number;
  readonly #wrong = new Map<string, Wrong>();
  readonly #pending = new Map<
    Site,
    { readonly by: Invocation; readonly since: number; waits: boolean; faults: boolean }
  >();
  readonly #disturbedAt = new Map<Site, number>();
  readonly #lastWriter = new Map<Site, Invocation | null>();
  /** When a person last wrote a rule. */
  readonly #byHandAt = new Map<Site, number>();
  readonly #seenAt = new Map<string, number>();
  /** Ingresses whose table was lost or restored. */
  readonly #restored = new Set<Site>();
  readonly #told: string[] = [];
  /** Ingresses where a cutover was completed and none has begun since, whatever a restored table says. */
  readonly #completed = new Set<Site>();
  /** Ingresses where a run has begun after a completed cutover, and can only restore the capacity that it left. */
  readonly #beganAfterCompletion = new Set<Site>();
  /** Ingresses where the mirror was lost before the candidate had a customer, so that the run may roll back. */
  readonly #mirrorLost = new Set<Site>();
  /** Executions that have owned an ingress. */
  readonly #owned = new Set<string>();
  /** Executions that have ended as rolled back. One that is redriven from there reports the same rollback again. */
  readonly #saidRolledBack = new Set<string>();

  constructor(now: () => number) {
    this.#now = now;
    this.#start = now();
  }

  /** Called when the listener, a target group, the service or the lease has changed. */
  changed(site: Site): void {
    const { item } = site.lease;
    if (item !== null) this.#owned.add(item.executionArn);
    if (item?.status === 'completed') this.#completed.add(site);
    else if (item?.status === 'running') {
      if (this.#completed.delete(site)) this.#beganAfterCompletion.add(site);
      const isWhole = site.health('mirrorForward').unhealthy === 0 && site.sickness.mirror === 0;
      if (!isWhole && site.share('candidate', 'mirrorReverse') === 0) this.#mirrorLost.add(site);
    }
    this.#note(site, 'dead side', deadOf(site));
    this.#note(site, 'sick side', sickOf(site));
    this.#note(site, 'wrong weights', this.#wrongOf(site));
    const pending = this.#pending.get(site);
    if (pending === undefined) return;
    pending.waits ||= !stableReady(site);
    if (!isSafe(site.deployment, site.live)) return;
    const faults = pending.faults || pending.by.disturbed || this.#lastWriter.get(site)?.disturbed === true;
    const met = pending.waits ? 'tasks' : faults ? 'faults' : 'nothing';
    this.toSafe.push({ ms: this.#now() - pending.since, met });
    this.#pending.delete(site);
  }

  /** A rule was written; null: by a person. */
  wrote(site: Site, writer: Invocation | null): void {
    this.#lastWriter.set(site, writer);
    if (writer === null) this.#byHandAt.set(site, this.#now());
    if (writer?.handler === 'shift') this.#shiftedBy(site, writer);
  }

  /** A shift forward during a pause that its writer must have known. */
  #shiftedBy(site: Site, { startedAt }: Invocation): void {
    const { item } = site.lease;
    const pause = item?.status === 'running' ? pauseAt(item.steering, this.#now() + PAUSE_ENDS_MS) : null;
    if (pause !== null && this.#isQuiet(site) && startedAt > fromIso(pause.from) + PAUSE_BEGINS_MS)
      this.#violated('a pause holds', `${item?.cutoverId} was shifted although it is paused until ${pause.until}`);
  }

  /** A task is removed from stable. While a foreign rule forwards to it, stable serves more than the cutover. */
  tookTasks(site: Site, { handler, startedAt, fates }: Invocation): void {
    if (site.thief?.group === 'stable' && site.thief.since < startedAt && fates.length === 0)
      this.#violated('tasks of others', `${handler} takes tasks away although somebody's rule forwards to stable`);
  }

  /** A minute without a watchdog, in which only alarms and the gate can act. */
  unwatched(site: Site): void {
    this.#look(site, 'sick side', this.#now());
  }

  /** The table's item was lost or restored. */
  restored(site: Site): void {
    this.#restored.add(site);
  }

  /** A run has entered a state. One that is rolling itself back goes nowhere else: whoever fences it ends nothing. */
  seen(execution: Execution): void {
    if (execution.at.state !== ROLLBACK) this.#seenAt.set(execution.arn, this.#now());
  }

  /** A handler has ended. A forward writer that lost its fence must not leave its own weights behind. */
  done(site: Site, invocation: Invocation): void {
    const { item } = site.lease;
    const lost = item?.status === 'rolling_back' || item?.status === 'rolled_back';
    const faultless = invocation.fates.every((fate) => fate === 'pause');
    if (this.#lastWriter.get(site) !== invocation || !lost || !faultless || !stableReady(site)) return;
    if ((this.#byHandAt.get(site) ?? 0) > invocation.startedAt) return;
    if (!isSafe(site.deployment, site.live) && !this.#completed.has(site))
      this.#violated('wrong weights', `${invocation.handler} ended and left its weights although ${item.status}`);
  }

  /** Whether no invocation that a fault has put to sleep may still act. */
  #isQuiet(site: Site): boolean {
    return this.#now() - (this.#disturbedAt.get(site) ?? Number.NEGATIVE_INFINITY) > QUIET_AFTER_FAULT_MS;
  }

  disturbed(site: Site): void {
    this.#disturbedAt.set(site, this.#now());
    const pending = this.#pending.get(site);
    if (pending !== undefined) pending.faults = true;
    const sick = this.#wrong.get(`${site.name} sick side`);
    if (sick !== undefined) sick.looks = 0;
  }

  /** An invocation has fenced a run. */
  fenced(site: Site, by: Invocation, owner: string, asked: { readonly reason: string }): void {
    const faults = (this.#disturbedAt.get(site) ?? Number.NEGATIVE_INFINITY) >= by.cause.at;
    this.#pending.set(site, { by, since: by.cause.at, waits: !stableReady(site), faults });
    // A writer from before the fence leaves nothing behind, because whoever fenced writes after it.
    this.#lastWriter.set(site, null);
    const silent = this.#now() - (this.#seenAt.get(owner) ?? 0);
    if (asked.reason.startsWith('no heartbeat') && silent < ALIVE_MS && !this.#restored.has(site) && !faults)
      this.#violated('healthy run completes', `${owner} was seen ${silent / 1000} s ago: ${asked.reason}`);
    if (by.cause.execution === null || by.cause.execution === owner) return;
    this.#violated(
      "another run's event",
      `${owner} was fenced by ${by.handler} for ${by.cause.execution}: ${asked.reason}`,
    );
  }

  /** Somebody answered the sign-off of one ingress's run, and another's continued. */
  answeredAnother(meant: Site, answered: Site): void {
    this.#violated("another run's event", `the answer for ${meant.name} was taken by ${answered.name}`);
  }

  /** An invocation has ended, successfully or not. A failure without a fault is no excuse. */
  ended(site: Site, invocation: Invocation): void {
    if (invocation.disturbed) return;
    if (invocation.handler === 'watchdog') this.#looked(site, invocation);
    const pending = this.#pending.get(site);
    if (pending?.by !== invocation) return;
    if (this.#isQuiet(site) && stableReady(site) && site.lease.item?.status !== 'completed')
      this.#violated('trigger to safe weights', `${invocation.handler} ended with weights that are not safe`);
  }

  executionEnded(site: Site, execution: Execution): void {
    if (execution.error !== 'Crossfade.RolledBack' || execution.status !== 'FAILED') return;
    if (this.#saidRolledBack.has(execution.arn)) return;
    this.#saidRolledBack.add(execution.arn);
    const { item } = site.lease;
    const foreign = item !== null && item.executionArn !== execution.arn;
    if (!foreign && !isSafe(site.deployment, site.live))
      this.#violated('says rolled back', `${execution.name} ended as rolled back, but its weights are not safe`);
  }

  /** A text that a person, a log or a metric receives. */
  published(text: string, secrets: readonly string[]): void {
    for (const secret of secrets)
      if (text.includes(secret)) this.#violated('secret', `${secret} stands in ${text.slice(0, 200)}`);
  }

  notified(site: Site, subject: string, body: string): void {
    this.told(`${subject}\n${body}`);
    if (subject.endsWith(': rolled back') && this.#isQuiet(site) && !isSafe(site.deployment, site.live))
      this.#violated('says rolled back', `"${subject}" was sent, but the weights are not safe`);
  }

  told(text: string): void {
    this.#told.push(text);
  }

  /** A sign-off that requires this many people was accepted. */
  signedOff(run: string, approvers: readonly string[], wanted: number): void {
    if (new Set(approvers).size < wanted)
      this.#violated('two persons', `the sign-off of ${run} wants ${wanted} persons and has ${approvers.join(', ')}`);
  }

  /** Nothing more will happen. `benign`: nothing happened that may end a run. */
  over(site: Site, executions: readonly Execution[], benign: boolean): void {
    for (const execution of executions) {
      if (execution.status === 'RUNNING') this.#violated('ends', `${execution.name} is still in ${execution.at.state}`);
      const { status, error, cause, name, arn } = execution;
      const bad = status !== 'SUCCEEDED' && status !== 'RUNNING' && this.#owned.has(arn) && error !== BY_HAND;
      if (bad && !this.#told.some((text) => isAbout(text, name, site.name)))
        this.#violated('told', `${name} ended ${status} (${error}), and nobody was told`);
      if (bad && benign && !this.#mirrorLost.has(site))
        this.#violated('healthy run completes', `${name} ended ${status}: ${error} ${cause}`);
    }
    const { item } = site.lease;
    if (isOwned(site)) this.#violated('ends', `the lease of ${item?.cutoverId} stays ${item?.status}`);
    else if (
      !this.#completed.has(site) &&
      !this.#beganAfterCompletion.has(site) &&
      !overlapping(executions.filter(({ arn }) => this.#owned.has(arn)))
    )
      this.#capacityReturned(site);
  }

  #capacityReturned(site: Site): void {
    const { desired, scaling } = site;
    const { suspended, min, max } = SCALING;
    if (desired < TASKS || scaling.suspended !== suspended || scaling.min !== min || scaling.max !== max)
      this.#violated('capacity returns', `${desired} of ${TASKS} tasks, scaling ${JSON.stringify(scaling)}`);
  }

  #looked(site: Site, look: Invocation): void {
    for (const invariant of ['dead side', 'sick side', 'wrong weights'] as const)
      this.#look(site, invariant, look.startedAt);
    // An unconfirmed intent becomes wrong merely by age.
    this.#note(site, 'wrong weights', this.#wrongOf(site));
  }

  /** After enough runs of the watchdog, a problem must be fixed. */
  #look(site: Site, invariant: keyof typeof LOOKS, at: number): void {
    const wrong = this.#wrong.get(`${site.name} ${invariant}`);
    if (wrong === undefined || wrong.since > at) return;
    wrong.looks++;
    if (wrong.looks === LOOKS[invariant])
      this.#violated(invariant, `${wrong.key}, after ${wrong.looks} looks of the watchdog`);
  }

  #note(site: Site, invariant: Invariant, what: string | null): void {
    const key = `${site.name} ${invariant}`;
    const before = this.#wrong.get(key);
    if (what === null) this.#wrong.delete(key);
    else if (before?.key !== what) this.#wrong.set(key, { key: what, since: this.#now(), looks: 0 });
  }

  #wrongOf(site: Site): string | null {
    return wrongWeightsOf(site, this.#completed.has(site), this.#now());
  }

  #violated(invariant: Invariant, what: string): void {
    this.violations.push({ invariant, at: this.#now() - this.#start, what });
  }
}

/** A message about a run names it, or its ingress if no lease says which run it was. */
function isAbout(text: string, run: string, site: string): boolean {
  const bad = /rolled back|rollback waits|without owning|NoticeFailed|dead letter/;
  return bad.test(text) && (text.includes(run) || text.includes(`Crossfade ${site}:`));
}
