/** Wording of times, shares and places on the page. */

import { fromIso, type Lease } from '../../core/model/index.ts';

/** `h:mm:ss` of a duration in milliseconds. */
export function clock(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(total / 3600)}:${String(Math.floor((total % 3600) / 60)).padStart(2, '0')}:${String(total % 60).padStart(2, '0')}`;
}

/** For example `24,593`. */
export function countText(n: number): string {
  return n.toLocaleString('en-US');
}

/** For example `21.0 s` or `5.3 min`. */
export function secondsText(value: number): string {
  return value >= 120 ? `${(value / 60).toFixed(1)} min` : `${value.toFixed(1)} s`;
}

/** A share as a percentage, such as `0.52 %`. */
export function percentText(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/** `15:34:51Z` for an ISO instant. */
export function instantText(iso: string): string {
  return `${new Date(fromIso(iso)).toISOString().slice(11, 19)}Z`;
}

/** The progress of the rollback; empty for a run that was not rolled back. */
export function wayBack({ rollback }: Pick<Lease, 'rollback'>): string {
  if (rollback === null) return '';
  if (rollback.confirmedAt === null) return 'Weights are not restored yet.';
  const counts =
    rollback.verifiedAt === null
      ? 'request counts have not confirmed it yet'
      : `request counts confirmed it at ${instantText(rollback.verifiedAt)}`;
  return `Weights were restored at ${instantText(rollback.confirmedAt)}; ${counts}.`;
}
