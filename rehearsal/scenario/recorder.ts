/** Records the events of a run, and turns them into the report's evidence with a verdict. */

import {
  type AlarmChange,
  countText,
  type RateSample,
  type RunEvidence,
  type WeightsAt,
} from '../../console/view/index.ts';
import {
  type CutoverId,
  causeText,
  describeCause,
  fromIso,
  type IngressId,
  type Lease,
  type LogEntry,
} from '../../core/model/index.ts';
import type { CloudEvent } from '../cloud/index.ts';
import type { LocalExecution } from '../cloud/states/index.ts';
import type { LoadTick } from '../load/index.ts';
import { percentilesOf } from './rehearsal-state.ts';

export interface Ending {
  readonly title: string;
  readonly ingressId: IngressId;
  readonly cutoverId: CutoverId;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly speed: number;
  readonly candidate: string;
  readonly fault: RunEvidence['fault'];
  /** Whether the run is expected to complete in spite of its fault. */
  readonly survivable: boolean;
  readonly log: readonly LogEntry[];
  readonly lease: Lease | null;
  readonly execution: LocalExecution | null;
  /** The faults that were injected into AWS calls. */
  readonly chaos: readonly string[];
}

export class Recorder {
  readonly #rates: RateSample[] = [];
  readonly #weights: WeightsAt[] = [];
  readonly #cohort: { at: number; share: number }[] = [];
  readonly #alarms: AlarmChange[] = [];
  readonly #messages: { at: number; subject: string }[] = [];
  /** When each failed request was sent. */
  readonly #failedSentAt: number[] = [];

  event(event: CloudEvent): void {
    // The first state of a new alarm is not reported; later changes are.
    if (event.type === 'alarm' && event.from !== 'INSUFFICIENT_DATA')
      this.#alarms.push({ at: event.at, name: event.name, to: event.to, reason: event.reason });
    if (event.type === 'message') this.#messages.push({ at: event.at, subject: event.subject });
  }

  weights(at: number, shares: Readonly<Record<string, number>>): void {
    this.#weights.push({ at, shares });
  }

  /** Whether the candidate's share of the cohort's requests has changed. */
  cohort(at: number, share: number): boolean {
    const isNews = this.#cohort.at(-1)?.share !== share;
    if (isNews) this.#cohort.push({ at, share });
    return isNews;
  }

  /**
   * By the customers' own clock, because on a busy machine a tick is processed long after the time that it describes.
   */
  tick({ at, sent, sides }: LoadTick): void {
    for (const { failedSentAt } of Object.values(sides)) this.#failedSentAt.push(...failedSentAt);
    const summary = Object.entries(sides).map(
      ([side, { ok, failed, latencies }]) => [side, { ok, failed, ...percentilesOf(latencies) }] as const,
    );
    this.#rates.push({ at, sent, sides: Object.fromEntries(summary) });
  }

  /** Failed requests that were sent after the mirror had been closed; null if it never was. */
  #failedAfterMirror({ fault }: Ending): number | null {
    const faultAt = fault?.at ?? null;
    if (faultAt === null) return null;
    const closed = this.#weights.find(({ at, shares }) => at > faultAt && shares.mirrorReverse === 0);
    return closed === undefined ? null : this.#failedSentAt.filter((at) => at > closed.at).length;
  }

  evidence(ending: Ending): RunEvidence {
    const { lease, execution, log, chaos: _, survivable, ...rest } = ending;
    const verifiedAt = instant(lease?.rollback?.verifiedAt);
    const failed: Record<string, number> = {};
    let sent = 0;
    for (const { sent: n, sides } of this.#rates) {
      sent += n;
      for (const [side, s] of Object.entries(sides)) {
        if (s.failed > 0) failed[side] = (failed[side] ?? 0) + s.failed;
      }
    }
    // Counted by when they were sent: an answer takes as long as ever, which on a busy machine is minutes of simulated
    // time.
    const failedAfterReturn = this.#failedSentAt.filter((at) => verifiedAt !== null && at > verifiedAt).length;
    const requests = { sent, failed, failedAfterReturn };
    return {
      ...rest,
      verdict: survivable ? judgeSurvivor(ending, requests, this.#failedAfterMirror(ending)) : judge(ending, requests),
      requests,
      back: backTimes(ending.fault?.at ?? null, lease),
      rates: this.#rates,
      weights: this.#weights,
      cohort: this.#cohort,
      alarms: this.#alarms,
      messages: this.#messages,
      log,
      ledger: lease,
    };
  }
}

/**
 * Requirements if the mirror is lost in the soak: it is closed, no request fails after that, and the cutover completes.
 */
function judgeSurvivor(
  { fault, execution }: Ending,
  requests: RunEvidence['requests'],
  failedAfter: number | null,
): RunEvidence['verdict'] {
  const no = (sentence: string) => ({ ok: false, sentence });
  if (fault?.at == null) return no('The run ended before the fault could be injected.');
  if (failedAfter === null) return no('The mirror died and was not closed.');
  if (failedAfter > 0) return no(`${clientRequests(failedAfter)} failed after the mirror was closed.`);
  if (execution?.status !== 'SUCCEEDED')
    return no(`The cutover did not complete without its mirror: ${endText(execution)}`);
  return {
    ok: true,
    sentence: `The mirror died and was closed; the cutover completed without it. ${countText(lostOf(requests))} of ${countText(requests.sent)} client requests failed, none after the mirror was closed.`,
  };
}

function clientRequests(n: number): string {
  return `${countText(n)} client ${n === 1 ? 'request' : 'requests'}`;
}

function lostOf({ failed }: RunEvidence['requests']): number {
  return Object.values(failed).reduce((a, b) => a + b, 0);
}

function endText(execution: LocalExecution | null): string {
  return `${execution?.status} ${execution?.error ?? ''} ${causeText(execution?.cause ?? '')}`.trim();
}

/**
 * Requirements of each scenario: a clean run completes and loses no request; a faulty one rolls back and loses none
 * after that.
 */
function judge({ fault, lease, execution, chaos }: Ending, requests: RunEvidence['requests']): RunEvidence['verdict'] {
  const no = (sentence: string) => ({ ok: false, sentence });
  const lost = lostOf(requests);
  if (fault === null && chaos.length > 0 && lease?.status === 'rolled_back') {
    if (lease.rollback?.verifiedAt == null) return no('The traffic was not confirmed back on stable.');
    if (lost > 0) return no(`The cutover was rolled back, but ${clientRequests(lost)} failed.`);
    return { ok: true, sentence: `With ${chaos.join(', ')} the cutover was rolled back; no client request failed.` };
  }
  if (fault === null) {
    if (lease?.status === 'rolled_back' && lease.rollback !== null)
      return no(
        `The clean cutover was rolled back, triggered by ${describeCause({ trigger: lease.rollback.trigger, by: lease.rollback.by })}.`,
      );
    if (execution?.status !== 'SUCCEEDED') return no(`The clean cutover did not complete: ${endText(execution)}`);
    if (lost > 0) return no(`The clean cutover completed, but ${clientRequests(lost)} failed.`);
    return { ok: true, sentence: `The cutover completed; none of ${countText(requests.sent)} client requests failed.` };
  }
  if (fault.at === null) return no('The run ended before the fault could be injected.');
  if (lease?.status !== 'rolled_back')
    return no(`The fault was not rolled back: the ledger says ${lease?.status ?? 'nothing'}.`);
  if (lease.rollback?.verifiedAt == null)
    return no('The weights were restored, but the traffic was not confirmed back on stable.');
  if (requests.failedAfterReturn > 0)
    return no(`${clientRequests(requests.failedAfterReturn)} failed after traffic was confirmed back on stable.`);
  return {
    ok: true,
    sentence: `The fault was rolled back; ${countText(lost)} of ${countText(requests.sent)} client requests failed, none after traffic was confirmed back on stable.`,
  };
}

function backTimes(faultAt: number | null, lease: Lease | null): RunEvidence['back'] {
  const [requested, confirmed, verified] = [
    instant(lease?.rollback?.requestedAt),
    instant(lease?.rollback?.confirmedAt),
    instant(lease?.rollback?.verifiedAt),
  ];
  if (faultAt === null || requested === null || confirmed === null || verified === null) return null;
  return {
    toRequest: (requested - faultAt) / 1000,
    toWeights: (confirmed - faultAt) / 1000,
    toVerified: (verified - faultAt) / 1000,
  };
}

function instant(text: string | null | undefined): number | null {
  return text == null ? null : fromIso(text);
}
