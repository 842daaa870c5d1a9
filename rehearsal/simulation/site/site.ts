/** One ingress as on AWS: listener rules, target groups, the stable service, request counts and alarms. */
import { failedAtLeast } from '../../../core/gate/index.ts';
import {
  type AlarmReading,
  type BaselineSummary,
  type CapacitySnapshot,
  type Deployment,
  GROUP_ROLES,
  type GroupRole,
  type MinuteEvidence,
  RuleGoneError,
  type RuleWeights,
  SAFE_SPLIT,
  shareOf,
  type TargetHealthCounts,
  weightsFor,
} from '../../../core/model/index.ts';
import type { Side } from '../../../sides/index.ts';
import type { RuleEdit, Sickness, SiteName } from '../scenario/index.ts';
import { type CountedMinute, evidenceOf, excessOf, lateCount, noCounts } from './counts.ts';
import { editedRule, unnamedGroups, withoutCookies } from './edited-rule.ts';
import { BASE_RATE, BASELINE, HUNG_UP_RATE, OTHERS_5XX, RPS, simulatedDeployment } from './given.ts';
import { LateReadings } from './late-readings.ts';
import { LeaseTable } from './lease-table.ts';
import type { Timeline } from './timeline.ts';

export const MINUTE_MS = 60_000;
/** Initial number of a service's tasks and targets. */
export const TASKS = 4;
/** Initial scaling of the stable service. */
export const SCALING = { min: 2, max: 10, suspended: false, scheduledSuspended: false } as const;
/** Delay until the load balancer notices a target's new state, a new task is healthy, or a removed task is gone. */
const HEALTH_LAG_MS = 20_000;
const TASK_UP_MS = 60_000;
const TASK_DOWN_MS = 15_000;
/** Delay after its end until CloudWatch returns a minute. */
const METRIC_DELAY_MS = { least: 20_000, most: 180_000 } as const;
interface Group {
  running: number;
  dead: number;
  /** The state that the load balancer reports. */
  seen: TargetHealthCounts;
}

export class Site {
  readonly name: SiteName;
  readonly deployment: Deployment;
  readonly lease: LeaseTable;
  readonly alarms = new Map<string, AlarmReading>();
  /** Alarms whose state somebody has set and keeps. */
  readonly heldAlarms = new Set<string>();
  live: readonly RuleWeights[];
  /** The listener's weights before the last write. */
  before: readonly RuleWeights[];
  readonly readings = new LateReadings();
  /** Groups that are sticky themselves. */
  readonly sticky = new Set<Side>();
  desired = TASKS;
  scaling: NonNullable<CapacitySnapshot['scaling']> = { ...SCALING };
  /** Share of their requests that the sides, and the mirror by itself, do not answer well, and how they do not. */
  readonly sickness = { stable: 0, candidate: 0, mirror: 0 };
  readonly how: Record<Side | 'mirror', Sickness> = { stable: 'fails', candidate: 'fails', mirror: 'fails' };
  /** Share of the requests on either side whose clients hang up before they have an answer. */
  hungUp = HUNG_UP_RATE;
  /** A foreign rule in front of the cutover's that takes its share of the requests, and since when. */
  thief: { readonly group: Side; readonly share: number; readonly since: number } | null = null;
  /** Path patterns of the rules, which a deployment may change. */
  paths: readonly string[] = ['/*'];
  readonly #groups: Record<GroupRole, Group>;
  readonly #deletedGroups = new Set<string>();
  readonly #scaled = new Set<Side>();
  readonly #timeline: Timeline;
  readonly #minutes: Map<number, CountedMinute> = new Map();
  readonly #onChange: () => void;
  readonly #drawn: (what: string) => number;
  #counted: number;

  /** `drawn`: uniform on 0 to 1, the same for the same text. */
  constructor(name: SiteName, timeline: Timeline, drawn: (what: string) => number, onChange: () => void) {
    this.name = name;
    this.#timeline = timeline;
    this.#onChange = onChange;
    this.#drawn = drawn;
    this.deployment = simulatedDeployment(name);
    this.live = weightsFor(this.deployment, SAFE_SPLIT);
    this.before = this.live;
    this.#counted = timeline.now();
    this.lease = new LeaseTable(() => timeline.now(), onChange);
    const full = { healthy: TASKS, unhealthy: 0, registered: TASKS };
    const group = (): Group => ({ running: TASKS, dead: 0, seen: full });
    this.#groups = { stable: group(), candidate: group(), mirrorForward: group(), mirrorReverse: group() };
    for (const alarm of [...this.deployment.rollbackAlarms, ...this.deployment.shadowAlarms])
      this.alarms.set(alarm, { name: alarm, state: 'OK', actionsEnabled: true, mutedBy: [] });
  }

  health(role: GroupRole): TargetHealthCounts {
    return this.#groups[role].seen;
  }

  /** The largest share, over the rules, of the groups with these roles: 0 to 1. */
  share(...roles: GroupRole[]): number {
    return Math.max(...this.live.map((rule) => shareOf(this.deployment, rule, roles)));
  }

  /** @throws RuleGoneError, or ELBv2's error for a deleted group */
  writeRule(rule: RuleWeights, purpose?: 'return'): void {
    if (this.live.some(({ ruleArn, absent }) => ruleArn === rule.ruleArn && absent === 'gone'))
      throw new RuleGoneError(rule.ruleArn);
    // As lambdas/aws/elb/ingress.ts writes it.
    const isThere = ({ targetGroupArn }: RuleWeights['groups'][number]) => !this.#deletedGroups.has(targetGroupArn);
    if (rule.groups.some((group) => group.weight > 0 && !isThere(group)))
      throw Object.assign(new Error('One or more target groups not found'), { name: 'TargetGroupNotFoundException' });
    this.#put(withoutCookies({ ...rule, groups: rule.groups.filter(isThere) }, this.deployment, this.sticky, purpose));
  }

  #put(rule: RuleWeights): void {
    this.#count();
    this.readings.note(this.#timeline.now(), this.live);
    this.before = this.live;
    this.live = this.live.map((r) => (r.ruleArn === rule.ruleArn ? rule : r));
    this.#onChange();
  }

  /** Weights as written by somebody who knows nothing about runs. */
  byHand(percent: number): RuleWeights[] {
    return weightsFor(this.deployment, { candidatePercent: percent, mirror: null });
  }

  /** By hand; a deleted rule cannot be written. */
  overwrite(rule: RuleWeights): void {
    const found = this.live.find(({ ruleArn }) => ruleArn === rule.ruleArn);
    if (found?.absent !== 'gone') this.#put(rule);
  }

  /** A rule as changed by somebody who knows nothing about runs. */
  editRule(index: number, edit: RuleEdit): void {
    const rule = this.live[index];
    if (rule === undefined || rule.absent === 'gone') return;
    this.#put(editedRule(this.deployment, rule, edit));
    if (edit === 'ungrouped') for (const arn of unnamedGroups(this.deployment, this.live)) this.#deletedGroups.add(arn);
  }

  /** A deployment gives a new rule entirely to stable, and leaves an existing one unchanged. */
  remakeRule(index: number): void {
    const made = this.byHand(0)[index];
    if (this.live[index]?.absent === 'gone' && made !== undefined) this.#put(made);
  }

  steal(group: Side, share: number, ms: number): void {
    this.#count();
    this.thief = { group, share, since: this.#timeline.now() };
    this.#timeline.after(ms, () => {
      this.#count();
      this.thief = null;
    });
  }

  sicken(group: Side | 'mirror', how: Sickness, share: number, ms: number): void {
    this.#count();
    this.sickness[group] = share;
    this.how[group] = how;
    this.#onChange();
    this.#timeline.after(ms, () => {
      this.#count();
      this.sickness[group] = 0;
      this.#onChange();
    });
  }

  capacity(): CapacitySnapshot {
    return { desired: this.desired, running: this.#groups.stable.running, scaling: { ...this.scaling } };
  }

  /** As RegisterScalableTarget and UpdateService do: a count outside the limits is brought within them. */
  setCapacity(desired: number, scaling: NonNullable<CapacitySnapshot['scaling']>): void {
    this.scaling = scaling;
    this.desired = Math.min(scaling.max, Math.max(scaling.min, desired));
    this.#follow();
    this.#onChange();
  }

  /** Somebody, or an autoscaler, sets the number of a side's tasks; later the first number returns, or a larger one. */
  scale(side: Side, tasks: number, ms: number): void {
    const group = this.#groups.candidate;
    const set = (running: number) => {
      if (side === 'candidate')
        this.#change(side, () => Object.assign(group, { running, dead: Math.min(group.dead, running) }));
      else {
        // As UpdateService does, which ignores scaling.
        this.desired = running;
        this.#follow();
        this.#onChange();
      }
    };
    this.#count();
    this.#scaled.add(side);
    set(tasks);
    this.#timeline.after(ms, () => {
      this.#count();
      this.#scaled.delete(side);
      set(side === 'stable' ? Math.max(this.desired, TASKS) : TASKS);
    });
  }

  /** The share of a side's requests for which it has no tasks, while somebody scales it by hand. */
  overload(side: Side): number {
    const { running, dead } = this.#groups[side];
    return this.#scaled.has(side) ? excessOf(this.deployment, this.live, side, running - dead) : 0;
  }

  kill(role: GroupRole, share: number, ms: number): void {
    const group = this.#groups[role];
    const dead = Math.min(group.running - group.dead, Math.ceil(group.running * share));
    this.#change(role, () => {
      group.dead += dead;
    });
    this.#timeline.after(ms, () =>
      this.#change(role, () => {
        group.dead = Math.max(0, group.dead - dead);
      }),
    );
  }

  baseline(): BaselineSummary {
    return { ...BASELINE, untoldCeiling: 1.5 * this.hungUp };
  }

  /** Minutes that CloudWatch has by now, from the first that begins within the range. */
  minutes(from: number, to: number): MinuteEvidence[] {
    this.#count();
    const found: MinuteEvidence[] = [];
    const now = this.#timeline.now();
    const last = Math.min(to, now) - METRIC_DELAY_MS.least - MINUTE_MS;
    for (let minute = Math.ceil(from / MINUTE_MS) * MINUTE_MS; minute <= last; minute += MINUTE_MS) {
      const counted = this.#minutes.get(minute);
      if (counted === undefined || minute + MINUTE_MS + this.#delayOf(minute) > now) continue;
      const { stable, candidate, mirror, elb5xx } = counted;
      found.push({
        minute,
        stable: evidenceOf(stable, elb5xx, this.hungUp),
        candidate: evidenceOf(candidate, elb5xx, this.hungUp),
        mirror: evidenceOf(mirror, elb5xx, this.hungUp),
        elb5xx: lateCount(elb5xx),
      });
    }
    return found;
  }

  #delayOf(minute: number): number {
    const { least, most } = METRIC_DELAY_MS;
    return least + this.#drawn(`metrics of ${this.name} ${minute}`) * (most - least);
  }

  /** The share of the candidate's answers that failed in each of the last three known minutes. */
  candidateFailures(): readonly number[] {
    const now = this.#timeline.now();
    return this.minutes(now - 6 * MINUTE_MS, now)
      .slice(-3)
      .map(({ candidate }) =>
        candidate === null || candidate.requests < 20 ? 0 : failedAtLeast(candidate) / candidate.requests,
      );
  }

  /** Moves the number of the stable service's tasks towards the desired count. */
  #follow(): void {
    const group = this.#groups.stable;
    const { desired } = this;
    const lag = desired > group.running ? TASK_UP_MS : TASK_DOWN_MS;
    if (desired === group.running) return;
    this.#timeline.after(lag, () => {
      if (this.desired !== desired) return;
      this.#change('stable', () => {
        group.running = desired;
        group.dead = Math.min(group.dead, desired);
      });
    });
  }

  #change(role: GroupRole, change: () => void): void {
    this.#count();
    change();
    this.#timeline.after(HEALTH_LAG_MS, () => {
      this.#count();
      const { running, dead } = this.#groups[role];
      this.#groups[role].seen = { healthy: running - dead, unhealthy: dead, registered: running };
      this.#onChange();
    });
  }

  /** Adds the requests since the last change to their minutes. */
  #count(): void {
    const now = this.#timeline.now();
    while (this.#counted < now) {
      const minute = Math.floor(this.#counted / MINUTE_MS) * MINUTE_MS;
      const to = Math.min(now, minute + MINUTE_MS);
      const requests = ((to - this.#counted) / 1000) * RPS;
      const counted = this.#minutes.get(minute) ?? {
        stable: noCounts(),
        candidate: noCounts(),
        mirror: noCounts(),
        elb5xx: OTHERS_5XX,
      };
      this.#minutes.set(minute, counted);
      const stolen = this.thief?.share ?? 0;
      if (this.thief !== null) this.#serve(counted, this.thief.group, requests * stolen);
      for (const rule of this.live) this.#answer(counted, rule, (requests * (1 - stolen)) / this.live.length);
      this.#counted = to;
    }
  }

  #answer(counted: CountedMinute, rule: RuleWeights, requests: number): void {
    // If every weight is 0, the load balancer answers by itself.
    if (rule.groups.length > 0 && rule.groups.every(({ weight }) => weight === 0)) counted.elb5xx += requests;
    for (const role of GROUP_ROLES) {
      const part = requests * shareOf(this.deployment, rule, [role]);
      if (part > 0) this.#serve(counted, role, part);
    }
  }

  #serve(counted: CountedMinute, role: GroupRole, part: number): void {
    const { running, dead, seen } = this.#groups[role];
    if (seen.healthy === 0) {
      counted.elb5xx += part;
      return;
    }
    const by = role === 'stable' || role === 'candidate' ? role : 'mirror';
    const primary = role === 'candidate' || role === 'mirrorReverse' ? 'candidate' : 'stable';
    const toDead = running === 0 ? 1 : dead / running;
    const refused = part * toDead * 0.9;
    const reached = part * (1 - toDead);
    const overload = this.overload(primary);
    const bad = (how: Sickness) => {
      const ofPrimary = Math.max(
        this.how[primary] === how ? this.sickness[primary] : 0,
        how === 'hangs' ? overload : 0,
      );
      const ofMirror = by === 'mirror' && this.how.mirror === how ? this.sickness.mirror : 0;
      return reached * Math.max(BASE_RATE, ofPrimary, ofMirror);
    };
    counted[by].requests += part;
    counted[by].refused += refused;
    counted[by].failed += bad('fails');
    counted[by].slow += bad('slow');
    // The load balancer answers for targets that hang.
    const hung = bad('hangs') - reached * BASE_RATE;
    counted[by].hung += hung;
    counted.elb5xx += refused + hung;
  }
}
