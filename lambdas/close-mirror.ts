/**
 * Close mirror: when the alarm on the mirror's health fires, takes the mirror out of the customers' path, and changes
 * nothing else.
 */

import { closeMirror, describeCloseMirror } from '../core/fence/index.ts';
import { toIso } from '../core/model/index.ts';
import { composed } from './compose/deployment.ts';
import { rollbackDepsOf } from './compose/rollback.ts';
import { parseRollbackEvent } from './events/index.ts';
import { type RollbackDeps, recordAndTell, reportRollback } from './tasks/index.ts';

export function makeHandler(deps: RollbackDeps) {
  return async (event: unknown): Promise<{ outcome: string; message?: string }> => {
    const at = toIso(deps.clock.now());
    const request = parseRollbackEvent(event, at);
    if (request === null) return { outcome: 'ignored' };
    const outcome = await closeMirror(deps, deps.deployment, request);
    const message = describeCloseMirror(outcome, request);
    if (outcome.outcome === 'nothing_to_do') return { outcome: outcome.outcome, message };
    deps.emit({ MirrorClosed: 1 });
    if (outcome.outcome === 'rolled_back') await reportRollback(deps, outcome.rollback, request, 0);
    else {
      const entry = { at, kind: 'warning', by: 'close-mirror', message } as const;
      await recordAndTell(deps, outcome.item, entry, {
        kind: 'warning',
        subject: `Crossfade ${outcome.item.cutoverId}: mirror closed`,
      });
    }
    return { outcome: outcome.outcome, message };
  };
}

export const compose = composed(rollbackDepsOf);
export const handler = (event: unknown) => makeHandler(compose())(event);
