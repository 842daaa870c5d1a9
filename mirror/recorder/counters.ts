/** Counts the mirror's work and its losses, as metrics. Every loss has a reason. */
import type { MirrorLoss } from '../../core/status/index.ts';
import type { Side } from '../../sides/index.ts';

/**
 * Why a request through the mirror yields no capture. `refused`: the mirror itself refused it; `method`: has side
 * effects; `sample`: not chosen; `upgrade`: no plain HTTP exchange; `aborted`: the client left. The others are losses:
 * `oversize`: the request's body is over the cap; `busy`: as many copies as allowed are under way; `breaker`: the
 * shadow is left alone; `error`: the primary answered before the request was whole, or broke its answer off, or the
 * exchange could not be read; `recorder-busy`, `recorder-slow`, `recorder-down`: the proxy could not hand the exchange
 * to the recorder, since too many were on their way, since it took too long, or since nobody took it or who took it
 * died; `queue`: the capture's queue was full; `sink`: the sink refused.
 */
export type DropReason = 'refused' | 'method' | 'sample' | 'upgrade' | 'aborted' | MirrorLoss;

/** Metrics of the mirror, namespace `Crossfade`, dimension `Ingress`; docs/reference/alarms.md prints this table. */
export const MIRROR_METRICS = {
  MirrorRequests: 'requests that passed through the mirror',
  MirrorCopies: 'requests that were to be copied',
  StableCopies: 'copies that stable answered for the reverse mirror, in the soak',
  StableCopyErrors: 'of these, those with 5xx',
  MirrorCaptured: 'captures that were queued for the sink',
  MirrorPrimaryErrors:
    'requests that the primary did not answer; with Envoy also by `Flag`, the reason as in its access log',
  MirrorPrimaryRetries: 'requests repeated because the primary had just closed the connection',
  MirrorCut: 'captures whose primary answer is longer than the cap: only its beginning is kept',
  MirrorDropped: 'requests without a capture, by `Reason` (docs/explanation/mirror.md)',
  MirrorDied: 'unexpected exits of Envoy, as process 1 of its container saw them',
  MirrorBreakerOpen: '1 while the breaker towards the side that gets the copies is open, by `Side`',
} as const satisfies Record<string, string>;

/** Reasons that arise only after a recorder has taken the exchange. */
const RECORDERS_OWN: ReadonlySet<DropReason> = new Set(['busy', 'breaker', 'queue', 'sink']);

export class Counters {
  requests = 0;
  copies = 0;
  /** Answers of the stable side to copies for the candidate's mirror. */
  stableCopies = 0;
  stableCopyErrors = 0;
  captured = 0;
  primaryErrors = 0;
  /** Captures whose primary answer is longer than the kept part. */
  cut = 0;
  /** Requests that were retried on a new connection, because the first connection had been closed meanwhile. */
  primaryRetries = 0;
  readonly dropped = new Map<DropReason, number>();
  /** Of `primaryErrors`: counts by the proxy's response flag. */
  readonly flags = new Map<string, number>();
  /** For each side that receives copies, whether its breaker is open now. */
  readonly breakers = new Map<Side, () => boolean>();

  /** Exchanges that the recorder took and has finished, until somebody has recorded the count. */
  settled = 0;
  /** Of those, the exchanges that the proxy also counted as lost, until somebody has recorded the count. */
  givenUp = 0;

  delivered(captures: number): void {
    this.captured += captures;
    this.settled += captures;
  }

  answeredByStable(status: number): void {
    this.stableCopies++;
    if (status >= 500) this.stableCopyErrors++;
  }

  drop(reason: DropReason, count = 1): void {
    if (RECORDERS_OWN.has(reason)) this.settled += count;
    this.dropped.set(reason, (this.dropped.get(reason) ?? 0) + count);
  }

  primaryFailed(flag: string, count = 1): void {
    this.primaryErrors += count;
    this.flags.set(flag, (this.flags.get(flag) ?? 0) + count);
  }

  /**
   * Returns Embedded Metric Format lines for the counts since the last call, and resets the counts.
   * @param known false if the number of requests could not be determined: reporting 0 would hide from the alarm that
   * nobody counts them
   */
  flush(ingress: string, now: number, known = true): string[] {
    const values = {
      ...(known ? { MirrorRequests: this.requests } : {}),
      MirrorCopies: this.copies,
      // Together, so that none that failed is a zero, and not a point that may still come.
      ...(this.stableCopies === 0 ? {} : { StableCopies: this.stableCopies, StableCopyErrors: this.stableCopyErrors }),
      MirrorCaptured: this.captured,
      MirrorPrimaryErrors: this.primaryErrors,
      MirrorPrimaryRetries: this.primaryRetries,
      MirrorCut: this.cut,
    };
    const lines = [emf({ Ingress: ingress }, values, now)];
    for (const [reason, count] of this.dropped)
      lines.push(emf({ Ingress: ingress, Reason: reason }, { MirrorDropped: count }, now));
    for (const [Flag, count] of this.flags)
      lines.push(emf({ Ingress: ingress, Flag }, { MirrorPrimaryErrors: count }, now));
    for (const [Side, open] of this.breakers)
      lines.push(emf({ Ingress: ingress, Side }, { MirrorBreakerOpen: open() ? 1 : 0 }, now));
    [this.requests, this.copies, this.captured, this.primaryErrors, this.primaryRetries, this.cut] = [0, 0, 0, 0, 0, 0];
    [this.stableCopies, this.stableCopyErrors] = [0, 0];
    this.dropped.clear();
    this.flags.clear();
    return lines;
  }
}

function emf(
  dimensions: Readonly<Record<string, string>>,
  values: Readonly<Partial<Record<keyof typeof MIRROR_METRICS, number>>>,
  Timestamp: number,
): string {
  const Metrics = Object.keys(values).map((Name) => ({ Name }));
  return JSON.stringify({
    _aws: {
      Timestamp,
      CloudWatchMetrics: [{ Namespace: 'Crossfade', Dimensions: [Object.keys(dimensions)], Metrics }],
    },
    ...dimensions,
    ...values,
  });
}
