/** Sums and sentences over minutes. */
import type { MinuteEvidence } from '../model/index.ts';
import type { Pick } from './e-value.ts';

export const failed: Pick = (side) => side.target5xx + side.connectionErrors;
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
