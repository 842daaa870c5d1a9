/** Close tap: the alarm on the tap's health takes the tap out of the customers' path, and nothing else with it. */
import { closeTap, describeCloseTap } from '../core/close-tap.ts';
import { describeError } from '../core/errors.ts';
import type { LedgerItem } from '../core/ledger.ts';
import { rollbackDeps } from './aws/rollback-deps.ts';
import type { RollbackDeps } from './deps.ts';
import { parseRollbackEvent } from './rollback-request.ts';
import { tell } from './tell.ts';

export function makeHandler(deps: RollbackDeps) {
  return async (event: unknown): Promise<{ outcome: string; message?: string }> => {
    const at = new Date(deps.clock.now()).toISOString();
    const request = parseRollbackEvent(event, at);
    if (request === null) return { outcome: 'ignored' };
    const outcome = await closeTap(deps, deps.deployment, request);
    const message = describeCloseTap(outcome, request);
    if (outcome.outcome === 'nothing_to_do') return { outcome: outcome.outcome, message };
    deps.emit({ TapClosed: 1 });
    const item = outcome.outcome === 'closed' ? outcome.item : outcome.rollback.item;
    if (item !== null) await record(deps, item, message, at);
    return { outcome: outcome.outcome, message };
  };
}

/** The weights are written by now: a failure to tell changes nothing. */
async function record(
  deps: RollbackDeps,
  { cutoverId, phase, stage }: LedgerItem,
  message: string,
  at: string,
): Promise<void> {
  const logged = deps.ledger.append(cutoverId, { at, kind: 'warning', phase, stage, by: 'close-tap', message });
  const [written] = await Promise.allSettled([
    logged,
    tell(deps, { subject: `Crossfade ${cutoverId}: tap closed`, body: message }),
  ]);
  if (written.status === 'rejected')
    console.error(JSON.stringify({ level: 'error', message: describeError(written.reason) }));
}

export const handler = (event: unknown) => makeHandler(rollbackDeps())(event);
