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

/** Counts the losses since the run began, like the captures. */
export function storedParity({ ingressId, ledger, rules, store, copies, clock }: StoredParityDeps): Parity {
  return {
    judge: async (cutoverId, plan) => {
      const now = clock.now();
      const { version } = await rules.effective();
      const [owner, routes] = await Promise.all([ledger.read(ingressId), store.read({ cutoverId, rules: version })]);
      const from = owner?.cutoverId === cutoverId ? fromIso(owner.startedAt) : now;
      return judgeParity(routes, plan.shadow, await copies({ from, to: now }));
    },
  };
}
