/**
 * The load balancer's own 5xx vote. A candidate that dies or hangs makes them in place of its own, and they have no
 * target group. Where the metric store tells which side's requests were not answered (`unanswered`), they are that
 * side's failures and compare like all others. Where it does not, the load balancer's counts are held against twice its
 * ordinary rate plus what the margin allows the candidate. Requests for which a node of the load balancer has no target
 * are counted for no side: where the candidate lacks as many of those that its weight sends it, they are the
 * candidate's.
 */
import type { MinuteEvidence } from '../model/index.ts';
import { ALARM_MAX_FOREIGN_PERCENT } from './alarm-rules.ts';
import { above, type Exposed } from './bets/index.ts';
import { CHANCE, known, percent, rate, requests, total, uncounted } from './counts.ts';
import { type GatePolicy, thresholdOf } from './policy.ts';

/** Factor by which the ordinary rate may have grown for other reasons. */
const ORDINARY = 2;

/** Shares of requests are compared once chance makes no more than this of them. */
const BY_CHANCE = 0.2;
const IN_A_ROW = 3;
export const LATEST_MINUTES = 10;
const HOUR_MINUTES = 60;
const LEAST_BEFORE = 5;
/** Fewer requests may be somebody who scans the load balancer. */
const SURELY_MANY = 20;
/** Points of one side that are this late are lost, or nobody knows when they will come. */
const BLIND_MINUTES = 30;

export interface BalancerVerdict {
  /** ln of the e-value against "no more than ordinary, and the candidate's share within its margin". */
  readonly logE: number;
  readonly calls: boolean;
  /** The load balancer's 5xx beyond the ordinary ones that neither side accounts for. */
  readonly unexplained: number;
  /** Whether these are for requests that its weight sends to the candidate, and that no target was counted for. */
  readonly vanished: boolean;
}

/** The verdict on failures that the load balancer generated and that it does not attribute to a side. */
export function judgeBalancer(minutes: readonly MinuteEvidence[], policy: GatePolicy): BalancerVerdict {
  const open = minutes.filter((minute) => !isAttributed(minute));
  if (open.length === 0) {
    const vanished = vanishing(minutes, policy);
    const { logE } = above(vanished, policy.errorMargin);
    const unexplained = vanished.reduce((sum, m) => sum + (m?.x ?? 0), 0);
    return { logE, calls: logE >= Math.log(thresholdOf(policy, 'vanished')), unexplained, vanished: true };
  }
  const beyond = (minute: MinuteEvidence) => Math.max(0, known(minute.elb5xx) - refused(minute));
  const both = total(open, 'stable', requests) + total(open, 'candidate', requests);
  const made = open.reduce((sum, minute) => sum + beyond(minute), 0);
  const { logE } = above(
    minutes.map((minute): Exposed => {
      if (isAttributed(minute) || isShared(minute) || minute.candidate === null) return null;
      const ours = (minute.stable?.requests ?? 0) + minute.candidate.requests;
      // In units of what the null hypothesis expects, so that its rate is 1.
      return {
        n: ORDINARY * policy.elb5xxRate * ours + policy.errorMargin * minute.candidate.requests,
        x: beyond(minute),
      };
    }),
    1,
  );
  return {
    logE,
    calls: logE >= Math.log(thresholdOf(policy, 'balancer')),
    unexplained: Math.max(0, made - policy.elb5xxRate * both),
    vanished: false,
  };
}

/**
 * The requests that the candidate should have by its weight, and how many of them it lacks beyond what chance makes, if
 * the load balancer answered just as many with 5xx of its own and counted them for nobody, three times in a row: sticky
 * clients make shares that differ from the weights, and another service may have no target. Minutes are counted
 * together until they are enough.
 */
function vanishing(minutes: readonly MinuteEvidence[], { weight, elb5xxRate }: GatePolicy): Exposed[] {
  let [expected, got, made] = [0, 0, 0];
  let last: readonly number[] = [];
  return minutes.map((minute) => {
    const { stable, candidate } = minute;
    if (stable === null || candidate === null || weight === 1) return null;
    expected += (stable.requests * weight) / (1 - weight);
    got += candidate.requests;
    made += (uncounted(minute) ?? 0) - elb5xxRate * (stable.requests + candidate.requests);
    const { lacks, chance } = lackOf(expected, got, weight);
    if (chance > BY_CHANCE * expected) return null;
    last = [...last, Math.abs(made - lacks) <= chance ? Math.max(0, lacks - chance) : 0].slice(-IN_A_ROW);
    const closed = { n: expected, x: last.length < IN_A_ROW ? 0 : Math.min(...last) };
    [expected, got, made] = [0, 0, 0];
    return closed;
  });
}

export interface Untargeted {
  readonly reason: string;
  /** Whether they are the candidate's beyond doubt, and have lasted longer than a deployment. */
  readonly calls: boolean;
}

/**
 * Without a stable side nobody tells whose requests had no target, so many of them hold the candidate; null if there
 * are few. They are the candidate's where they last, no other service on the load balancer had half as many requests
 * since the phase began, and the candidate has fewer than before.
 */
export function untargeted(minutes: readonly MinuteEvidence[], policy: GatePolicy): Untargeted | null {
  const latest = minutes.slice(-LATEST_MINUTES);
  const made = (of: readonly MinuteEvidence[]) =>
    of.reduce((sum, m) => sum + Math.max(0, uncounted(m) ?? 0), 0) -
    ORDINARY * policy.elb5xxRate * total(of, 'candidate', requests);
  const isMuch = (of: readonly MinuteEvidence[]) =>
    made(of) > policy.maxErrorRate * (total(of, 'candidate', requests) + made(of));
  if (latest.some(({ stable }) => stable !== null) || !isMuch(latest)) return null;
  const unserved = made(latest);
  const perMinute = unserved / LATEST_MINUTES;
  const lasts = latest.length === LATEST_MINUTES && unserved >= SURELY_MANY && pairsOf(latest).every(isMuch);
  const isOthers = minutes.some((m) => m.candidate !== null && !(othersOf(m) < perMinute / 2));
  const told = `In the last ${latest.length} min the load balancer answered ${Math.round(unserved)} requests with 5xx of its own that it sent to no target`;
  return lasts && !isOthers && lacks(minutes, isMuch, perMinute / 2)
    ? {
        reason: `${told}, and no other service had as many: some of the load balancer's nodes have no target of the candidate.`,
        calls: true,
      }
    : {
        reason: `${told}; if they were the candidate's, it would fail more than ${percent(policy.maxErrorRate)}.`,
        calls: false,
      };
}

/**
 * Why a candidate that answers most customers goes back although nothing is known against it: its metrics have been
 * missing for so long, while the load balancer counts more requests than stable has, and than other services ever had
 * since the phase began. Null where nobody is known to ask: a service that is closed for the night has no metrics
 * either.
 * @param silent minutes that are ordinarily without a request
 */
export function unseen(minutes: readonly MinuteEvidence[], policy: GatePolicy, silent = 0): string | null {
  const last = minutes.findLastIndex(({ candidate }) => candidate !== null);
  const [seen, blind] = [minutes.slice(0, last + 1), minutes.slice(last + 1)];
  const others = Math.max(0, ...seen.map(othersOf).filter(Number.isFinite));
  const all = blind.map(othersOf).reduce((sum, n) => sum + (n > 0 ? n : 0), 0);
  const own5xx = blind.reduce((sum, m) => sum + known(m.elb5xx), 0);
  const isFailing = own5xx > (ORDINARY * policy.elb5xxRate + policy.errorMargin) * all + SURELY_MANY;
  if (blind.length < silent + (isFailing ? LATEST_MINUTES : BLIND_MINUTES)) return null;
  if (all < 2 * others * blind.length + SURELY_MANY) return null;
  return `There have been no metrics of the candidate for ${blind.length} min, in which the load balancer counted ${all} requests that were not stable's, and answered ${own5xx} with 5xx of its own: nobody can see how its customers fare.`;
}

/**
 * Of the requests before a move, the share that found no target, and the part of it that is surely not the candidate's:
 * it does not lack as many by its weight.
 */
export interface UntargetedShare {
  readonly all: number;
  readonly others: number;
}

/** @param minutes of the stage that ends, in which `weight` of the requests went to the candidate */
export function untargetedBefore(minutes: readonly MinuteEvidence[], weight: number): UntargetedShare {
  const latest = minutes
    .slice(-LATEST_MINUTES)
    .filter(({ stable, candidate }) => stable !== null && candidate !== null);
  const [ofStable, got] = [total(latest, 'stable', requests), total(latest, 'candidate', requests)];
  const made = latest.reduce((sum, m) => sum + Math.max(0, uncounted(m) ?? 0), 0);
  const { lacks, chance } = lackOf((ofStable * weight) / (1 - weight), got, weight);
  const of = (count: number) => Math.min(1, rate(Math.max(0, count), ofStable + got));
  return { all: of(made), others: of(made - Math.max(0, lacks) - chance) };
}

/** How many requests a side lacks of those that its weight should bring, and how many chance makes of that. */
function lackOf(expected: number, got: number, weight: number): { readonly lacks: number; readonly chance: number } {
  return { lacks: expected - got, chance: CHANCE * Math.sqrt(expected / (1 - weight)) };
}

/** A point may be late, so no single minute is asked for. */
function pairsOf<T>(of: readonly T[]): (readonly T[])[] {
  return Array.from({ length: Math.floor(of.length / 2) }, (_, i) => of.slice(2 * i, 2 * i + 2));
}

/**
 * Whether the candidate's latest minutes have so many fewer requests each than the last ones before the trouble. Where
 * the phase began with it, it must last twice as long: another service, whose requests nobody counted, may have lost
 * its targets before.
 */
function lacks(
  minutes: readonly MinuteEvidence[],
  isMuch: (of: readonly MinuteEvidence[]) => boolean,
  fewer: number,
): boolean {
  const mean = (of: readonly MinuteEvidence[]) => total(of, 'candidate', requests) / of.length;
  const before = minutes.slice(0, -LATEST_MINUTES).filter((m) => !isMuch([m]));
  if (before.length >= LEAST_BEFORE)
    return mean(before.slice(-HOUR_MINUTES)) - mean(minutes.slice(-LATEST_MINUTES)) >= fewer;
  return minutes.length >= 2 * LATEST_MINUTES && pairsOf(minutes.slice(-2 * LATEST_MINUTES)).every(isMuch);
}

/**
 * Whether the store tells every unanswered request of both sides, so that their part of the load balancer's 5xx is
 * theirs, now or when it is known.
 */
function isAttributed({ stable, candidate }: MinuteEvidence): boolean {
  return [stable, candidate].every((side) => side === null || side.unanswered !== undefined);
}

/** Whether other services have so much of the traffic that all of these failures could be theirs. */
export function isShared(minute: MinuteEvidence): boolean {
  return othersOf(minute) > (ALARM_MAX_FOREIGN_PERCENT / 100) * (minute.loadBalancerRequests ?? 0);
}

/** How many requests other services have; NaN if that is unknown. */
function othersOf({ stable, candidate, mirror, loadBalancerRequests: all = Number.NaN }: MinuteEvidence): number {
  return all - (stable?.requests ?? 0) - (candidate?.requests ?? 0) - (mirror?.requests ?? 0);
}

/** Refused connections are already counted by side. */
function refused({ stable, candidate }: MinuteEvidence): number {
  return known(stable?.connectionErrors) + known(candidate?.connectionErrors);
}
