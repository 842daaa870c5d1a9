/** Close tap: the alarm on the tap's health takes the tap out of the customers' path, and nothing else with it. */
import { closeTap, describeCloseTap } from '../core/fence/index.ts';
import { rollbackDeps } from './compose/index.ts';
import { parseRollbackEvent } from './events/index.ts';
import { type RollbackDeps, recordAndTell } from './tasks/index.ts';

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
    if (item !== null) {
      const entry = { at, kind: 'warning', by: 'close-tap', message } as const;
      await recordAndTell(deps, item, entry, `Crossfade ${item.cutoverId}: tap closed`);
    }
    return { outcome: outcome.outcome, message };
  };
}

export const handler = (event: unknown) => makeHandler(rollbackDeps())(event);
