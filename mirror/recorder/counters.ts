/** What the mirror did and what it dropped, as metrics; every drop has a reason. */
import type { MirrorLoss } from '../../core/status/index.ts';

/**
 * Why a request through the mirror yields no capture. `refused`: the mirror itself refused it; `method`: has side effects; `sample`: not chosen; `upgrade`: no plain
 * HTTP exchange; `aborted`: the client left. The others are losses: `oversize`: the request's body is over the cap; `busy`: as
 * many copies as allowed are under way; `breaker`: the shadow is left alone; `error`: the primary answered before the request was
 * whole, or the exchange could not be read; `recorder-busy`, `recorder-slow`, `recorder-down`: the proxy could not hand the exchange to
 * the recorder, since too many were on their way, since it took too long, or since nobody took it or who took it died; `queue`: the capture's queue
 * was full; `sink`: the sink refused.
 */
export type DropReason = 'refused' | 'method' | 'sample' | 'upgrade' | 'aborted' | MirrorLoss;

/** Metrics of the mirror, namespace `Crossfade`, dimension `Ingress`; docs/reference/alarms.md prints this table. */
export const MIRROR_METRICS = {
  MirrorRequests: 'requests that passed through the mirror',
  MirrorCopies: 'requests that were to be copied',
  MirrorCaptured: 'captures that were queued for the sink',
  MirrorPrimaryErrors:
    'requests that the primary did not answer; by Envoy also with the dimension `Flag`: why, as its access log says it',
  MirrorPrimaryRetries: 'requests repeated because the primary had just closed the connection',
  MirrorCut: 'captures whose primary answer is longer than the cap: only its beginning is kept',
  MirrorDropped: 'requests without a capture, by `Reason` (docs/explanation/mirror.md)',
  MirrorDied: 'Envoys that ended without having been told to, as process 1 of their container saw it',
  MirrorBreakerOpen: '1 while the breaker towards the side that gets the copies is open, by `Side`',
} as const satisfies Record<string, string>;

/** What comes of an exchange that a recorder has taken, besides a capture. */
const RECORDERS_OWN: ReadonlySet<DropReason> = new Set(['busy', 'breaker', 'queue', 'sink']);

export class Counters {
  requests = 0;
  copies = 0;
  captured = 0;
  primaryErrors = 0;
  /** Captures whose primary answer is longer than what is kept. */
  cut = 0;
  /** Requests that were sent again on a fresh connection, because the one they went by had been closed meanwhile. */
  primaryRetries = 0;
  readonly dropped = new Map<DropReason, number>();
  /** Of `primaryErrors`: by the proxy's word for why. */
  readonly flags = new Map<string, number>();
  /** By the side that gets the copies: whether its breaker is open now. */
  readonly breakers = new Map<'stable' | 'candidate', () => boolean>();

  /** Exchanges that the recorder took and that have come to an end, until somebody has noted them. */
  settled = 0;
  /** Of those, the ones that the proxy has counted as lost, until somebody has noted them. */
  givenUp = 0;

  delivered(captures: number): void {
    this.captured += captures;
    this.settled += captures;
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
   * Embedded Metric Format lines for what was counted since the last call; counting starts anew.
   * @param known false where nobody could say how many requests passed: a 0 would hide from the alarm that nobody counts them
   */
  flush(ingress: string, now: number, known = true): string[] {
    const values = {
      ...(known ? { MirrorRequests: this.requests } : {}),
      MirrorCopies: this.copies,
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
