/** The parity port: judges the stored tallies and the mirror's losses by the plan. */
import {
  type Clock,
  fromIso,
  type IngressId,
  type Leases,
  type Parity,
  type TimeRange,
} from '../../../core/model/index.ts';
import { type CopyCounts, judgeParity } from '../../../parity/tally/index.ts';
import type { ParityRules } from './parity-rules.ts';
import type { ParityStore } from './parity-store.ts';

export interface StoredParityDeps {
  readonly ingressId: IngressId;
  readonly ledger: Pick<Leases, 'read'>;
  readonly rules: Pick<ParityRules, 'effective'>;
  readonly store: Pick<ParityStore, 'read'>;
  readonly copies: (range: TimeRange) => Promise<CopyCounts>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Counts captures, and the mirror's losses, since the run began or a side was deployed anew. Firehose delivers captures
 * minutes later, so the counts of a run may hold some of the run before.
 */
export function storedParity({ ingressId, ledger, rules, store, copies, clock }: StoredParityDeps): Parity {
  return {
    judge: async ({ cutoverId, plan, revisedAt }) => {
      const now = clock.now();
      const [{ version }, owner] = await Promise.all([rules.effective(), ledger.read(ingressId)]);
      const began = owner?.cutoverId === cutoverId ? fromIso(owner.startedAt) : now;
      const from = revisedAt === null ? began : Math.max(began, fromIso(revisedAt));
      const [routes, copied] = await Promise.all([
        store.read({ cutoverId, rules: version }, from),
        copies({ from, to: now }),
      ]);
      return judgeParity(routes, plan.shadow, copied);
    },
  };
}
