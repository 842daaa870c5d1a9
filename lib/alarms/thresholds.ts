/** When the alarms of a cutover go red. */
import * as z from 'zod';
import type { CountedThresholds } from '../../core/gate/index.ts';
import type { Shape } from '../props/index.ts';

/** When the alarms of a cutover go red: coarse and late, because the gate detects small differences sooner. */
export interface AlarmThresholds extends CountedThresholds {
  /** Ratio of the candidate's latency to stable's, for each of p50, p95 and p99. @default 1.5 */
  readonly latencyRatio: number;
  /**
   * The ratio counts only if the candidate is also slower by more than this: 2 ms compared with 1 ms is harmless.
   * @default 10
   */
  readonly latencyFloorMs: number;
  /** Percentage of the candidate's targets that are unhealthy. @default 50 */
  readonly unhealthyPercent: number;
  /** Percentage of paired answers with a breaking difference. @default 1 */
  readonly parityPercent: number;
}

export const DEFAULT_THRESHOLDS: AlarmThresholds = {
  errorPercent: 5,
  connectionErrorPercent: 1,
  elbErrorPercent: 1,
  latencyRatio: 1.5,
  latencyFloorMs: 10,
  unhealthyPercent: 50,
  parityPercent: 1,
};

const above = z.number().positive();
/** Above 100 an alarm could never fire. */
const percent = above.max(100);

export const THRESHOLDS_SHAPE = z
  .strictObject({
    errorPercent: percent,
    connectionErrorPercent: percent,
    elbErrorPercent: percent,
    latencyRatio: above,
    latencyFloorMs: above,
    unhealthyPercent: percent,
    parityPercent: percent,
  } satisfies Shape<AlarmThresholds>)
  .partial();
