/** The parity port: what the transform stored, judged by the plan. */
import type { Parity } from '../../core/ports.ts';
import { judgeParity } from '../../parity/signoff.ts';
import type { ParityStore } from './parity-store.ts';

export function storedParity(store: ParityStore): Parity {
  return {
    judge: async (cutoverId, plan) => judgeParity(await store.read(cutoverId), plan.shadow),
  };
}
