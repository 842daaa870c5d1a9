/** Sums and sentences over minutes. */
import { type MinuteEvidence, type SideCounts, UNKNOWN } from '../model/index.ts';
import type { Pick } from './e-value.ts';
import { known } from './settled.ts';

/** Null while a point of either count may still arrive. */
export const failed: Pick = ({ target5xx, connectionErrors }) =>
  target5xx === UNKNOWN || connectionErrors === UNKNOWN ? null : target5xx + connectionErrors;
/** What has arrived of them: late points can only add to it. */
export const failedAtLeast = (side: SideCounts): number => known(side.target5xx) + known(side.connectionErrors);
export const slow: Pick = (side) => side.slow;
export const requests: Pick = (side) => side.requests;

export function total(minutes: readonly MinuteEvidence[], side: 'stable' | 'candidate', pick: Pick): number {
  return minutes.reduce((sum, m) => sum + (m[side] === null ? 0 : (pick(m[side]) ?? 0)), 0);
}

export function rate(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

export function percent(value: number): string {
  return `${(value * 100).toFixed(2)} %`;
}
