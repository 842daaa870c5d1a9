/** What the listener owes, by the ledger: one answer for the shift that lost its fence, for rollback and for the watchdog. */
import { type Deployment, type Lease, type RuleWeights, SAFE_SPLIT, weightsFor } from '../model/index.ts';

/** The safe weights from the moment a rollback was requested; the owner's last intent otherwise. */
export function desiredWeights(deployment: Deployment, item: Lease): RuleWeights[] {
  switch (item.status) {
    case 'rolling_back':
    case 'rolled_back':
      return weightsFor(deployment, SAFE_SPLIT);
    case 'running':
    case 'completed':
      return item.intent.weights;
  }
}
