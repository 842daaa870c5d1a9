/** The parity port: what the transform stored and what the tap lost, judged by the plan. */
import type { IngressId } from '../../core/ids.ts';
import { fromIso } from '../../core/instant.ts';
import type { Clock, Ledger, Parity, TimeRange } from '../../core/ports.ts';
import { type CopyCounts, judgeParity } from '../../parity/signoff.ts';
import type { ParityRules } from './parity-rules.ts';
import type { ParityStore } from './parity-store.ts';

export interface StoredParityDeps {
  readonly ingressId: IngressId;
  readonly ledger: Pick<Ledger, 'read'>;
  readonly rules: Pick<ParityRules, 'effective'>;
  readonly store: Pick<ParityStore, 'read'>;
  readonly copies: (range: TimeRange) => Promise<CopyCounts>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Losses are those since the run began, as the pairs are. */
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
