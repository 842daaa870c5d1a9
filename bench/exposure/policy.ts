/** A row of the table: a ramp and the gate on it. */
import type { GateMaker } from './gates.ts';

/** Minutes. */
export interface RampStage {
  readonly percent: number;
  readonly bake: number;
  readonly maxHold: number;
}

export interface Policy {
  readonly id: string;
  readonly source: string;
  readonly ramp: readonly RampStage[];
  readonly gate: GateMaker;
  /** Percent from which on the gate looks. */
  readonly from?: number;
}
