/** Ours, as it is deployed: the gate, what it waits for, and the alarms beside it, on what the metric store shows. */

import { overtime } from '../../core/evaluation/deadlines.ts';
import { observe } from '../../core/evaluation/evaluation.ts';
import { steeredAt } from '../../core/evaluation/steering.ts';
import { type AlarmMinute, connectionErrorExcess, elbErrorExcess, errorExcess } from '../../core/gate/alarm-rules.ts';
import { known as countOf, settled } from '../../core/gate/counts.ts';
import { LATEST_MINUTES, untargetedBefore } from '../../core/gate/load-balancer.ts';
import { hasMost } from '../../core/gate/plan-policy.ts';
import type { MinuteEvidence, SideCounts } from '../../core/model/evidence.ts';
import type { Plan } from '../../core/model/plan.ts';
import type { BaselineSummary } from '../../core/model/run-state.ts';
import { weightsFor } from '../../core/model/split.ts';
import { UNSTEERED } from '../../core/model/steering.ts';
import { lookInterval } from '../../core/phases/look-interval.ts';
import { DEPLOYMENT } from '../../test/support/deployment.ts';
import { dayBefore, upToTheMove } from './day-before.ts';
import type { GateMaker, Look } from './gates.ts';

const MINUTE_MS = 60_000;
/** Thresholds of the alarms that count (lib/alarms/cutover-alarms.ts), percent. */
const [REFUSED, BALANCER] = [1, 1] as const;

const HEALTHY = { healthy: 2, unhealthy: 0, registered: 2 } as const;
const GONE = { healthy: 0, unhealthy: 0, registered: 0 } as const;

/** The simulator itself ends what is undecided for too long, and tells it from what was called. */
const patient = (plan: Plan): Plan => ({ ...plan, gate: { ...plan.gate, onUndecided: 'hold' } });

/** What the reverse mirror counts is reported by its tasks, through a log: a minute later than the load balancer's. */
const COPIES_LATE = 1;
const CLEAN = { status: 'clean', reasons: [], pairs: 0, routes: 0 } as const;

export function ours(plan: Plan): GateMaker {
  return ({ cell, seed, hasTarget, copies }) => {
    const { paused, alarmsBlind } = cell.trace;
    const pauses =
      paused === undefined ? [] : [{ by: 'somebody', reason: '', from: iso(paused.from), until: iso(paused.until) }];
    const before = dayBefore(cell, seed);
    /** As it was taken again when the stage of so many percent began. */
    let reference: { readonly percent: number; readonly baseline: BaselineSummary } | null = null;
    /** When the stage of so many percent is looked at next: minute of the run. */
    let due = { percent: Number.NaN, at: 0 };
    /** Minute of the run in which the last stage has ended, and the mirror is opened backwards. */
    let soaksFrom: number | null = null;
    const final = new Map<number, MinuteEvidence>();
    /** No point is later than `settleAfter`, so older minutes are as they will be. */
    const known = (truth: MinuteEvidence, { minute, shown }: Look): MinuteEvidence => {
      const age = minute - 1 - truth.minute / MINUTE_MS;
      const seen = final.get(truth.minute);
      if (seen !== undefined) return seen;
      const [now] = settled([shown(truth, age)], minute * MINUTE_MS, plan.gate.settleAfter);
      if (now === undefined) throw new RangeError('a minute is lost');
      const { stable = 0, candidate = 0 } = cell.trace.withheld?.(truth.minute / MINUTE_MS) ?? {};
      if (age * 60 > plan.gate.settleAfter && age >= Math.max(stable, candidate)) final.set(truth.minute, now);
      return now;
    };
    return (look) => {
      const { minute, run, visible, stageFrom, percent } = look;
      if (isRed(look, plan.gate)) return 'abort';
      if (due.percent !== percent) due = { percent, at: stageFrom + plan.gate.observe / 60 };
      if (minute < due.at) return soaksFrom === null ? 'hold' : 'go';
      const now = minute * MINUTE_MS;
      if (hasMost(percent) && reference?.percent !== percent) {
        const last = { ...before, baseline: reference?.baseline ?? before.baseline };
        const moved = run.slice(0, stageFrom);
        const earlier = plan.stages[plan.stages.findIndex((s) => s.percent === percent) - 1]?.percent ?? 0;
        const shown = moved.slice(-LATEST_MINUTES).map((m) => known(m, look));
        reference = { percent, baseline: upToTheMove(last, moved, untargetedBefore(shown, earlier / 100)) };
      }
      const from = soaksFrom ?? stageFrom;
      const mirror = soaksFrom === null ? null : ({ face: 'reverse', percent: plan.soak.reversePercent } as const);
      const begun = {
        plan: patient(plan),
        phase: soaksFrom === null ? 'stage' : 'soak',
        stage: plan.stages.findIndex((s) => s.percent === percent),
        since: iso(from),
        split: { candidatePercent: percent, mirror },
        baseline: reference?.baseline ?? before.baseline,
      } as const;
      const present = { ...begun, steered: steeredAt({ ...UNSTEERED, pauses }, begun, 0, now) ?? undefined };
      const planned = soaksFrom === null ? plan.gate.observe : plan.soak.observe;
      const wait = lookInterval(planned, overtime(present, now, 0), -overtime(present, now));
      due = { percent, at: minute + wait / 60 };
      const state = alarmsBlind?.(minute) === true ? 'INSUFFICIENT_DATA' : 'OK';
      const { decision } = observe(
        DEPLOYMENT,
        present,
        {
          alarms: DEPLOYMENT.rollbackAlarms.map((name) => ({ name, state, actionsEnabled: true, mutedBy: [] })),
          live: weightsFor(DEPLOYMENT, present.split),
          candidate: hasTarget(minute - 1, percent) ? HEALTHY : GONE,
          minutes: run.slice(from, visible).map((m, i) => {
            const isTold = soaksFrom !== null && from + i < visible - COPIES_LATE;
            return isTold
              ? { ...known(m, look), stableCopies: copies(from + i, plan.soak.reversePercent) }
              : known(m, look);
          }),
          parity: CLEAN,
        },
        now,
      ).observation;
      if (decision === 'rollback') return 'abort';
      if (percent === 100 && decision === 'advance' && soaksFrom === null) {
        soaksFrom = minute;
        due = { percent, at: minute + plan.soak.observe / 60 };
      }
      // A soak is left before it is over.
      return decision === 'hold' && soaksFrom === null ? 'hold' : 'go';
    };
  };
}

/** The beginning of a minute of the run. */
function iso(minute: number): string {
  return new Date(minute * MINUTE_MS).toISOString();
}

/** Any of the alarms in two of the last three minutes; an absent metric is a zero to them. */
function isRed({ run, visible, stageFrom, minute, shown }: Look, { maxErrorRate, errorBurst }: Plan['gate']): boolean {
  const last = run
    .slice(Math.max(stageFrom, visible - 3), visible)
    .map((m) => alarmMinuteOf(shown(m, minute - 1 - m.minute / MINUTE_MS)));
  const red = (rule: (m: AlarmMinute, burst: number) => number, threshold: number) =>
    last.filter((m) => rule(m, errorBurst) > threshold).length >= 2;
  return red(errorExcess, 100 * maxErrorRate) || red(connectionErrorExcess, REFUSED) || red(elbErrorExcess, BALANCER);
}

function alarmMinuteOf({ stable, candidate, elb5xx, loadBalancerRequests }: MinuteEvidence): AlarmMinute {
  const side = (counts: SideCounts | null) => ({
    requests: counts?.requests ?? 0,
    target5xx: countOf(counts?.target5xx),
    connectionErrors: countOf(counts?.connectionErrors),
    // Those of other classes, and what has arrived of its 5xx.
    answered: (counts?.requests ?? 0) - (counts?.target5xxAtMost ?? 0) + countOf(counts?.target5xx),
  });
  return {
    stable: side(stable),
    candidate: side(candidate),
    requests: loadBalancerRequests ?? 0,
    elb5xx: countOf(elb5xx),
  };
}
