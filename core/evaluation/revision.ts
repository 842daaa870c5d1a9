/** What happens to a run whose sides are deployed again: its evidence is about services that no longer exist. */

import { SIDES } from '../../sides/index.ts';
import type { CutoverState, Revision, Revisions } from '../model/index.ts';
import type { Observation } from './observation.ts';

/** For one run. A service that is deployed again and again cannot be judged. */
const MOST_RESTARTS = 2;

/** The revisions of the sides at an evaluation, and how often they have restarted a phase of this run. */
export interface Revised {
  /** One sentence for each side that changed; never empty. */
  readonly changes: readonly string[];
  readonly restarts: number;
}

/** null if nothing changed, or if one of the two revisions is unknown. */
export function revisedSince({ revisions, revisionRestarts }: CutoverState, now: Revisions | null): Revised | null {
  if (revisions === null || now === null) return null;
  const changes = SIDES.flatMap((side) => changeOf(`the ${side} side`, revisions[side], now[side]) ?? []);
  return changes.length === 0 ? null : { changes, restarts: revisionRestarts };
}

/** What the plan prescribes; null if nothing. */
export function onRevision(
  { plan: { gate } }: Pick<CutoverState, 'plan'>,
  revised: Revised | null | undefined,
): Observation | null {
  if (revised == null || gate.onRevision === 'ignore') return null;
  const what = `${capitalised(revised.changes.join(', and '))}.`;
  if (gate.onRevision === 'rollback')
    return { decision: 'rollback', reason: `${what} The plan rolls back if a side changes in mid-run.` };
  if (revised.restarts >= MOST_RESTARTS)
    return {
      decision: 'rollback',
      reason: `${what} The phase has been restarted ${MOST_RESTARTS} times for that already.`,
    };
  return { decision: 'hold', effect: 'restart', reason: `${what} Evidence counts from now on.` };
}

function changeOf(side: string, before: Revision | null, now: Revision | null): string | null {
  if (before === null || now === null) return null;
  if (before.kind === 'tasks' && now.kind === 'tasks')
    return before.id === now.id ? null : `${side} was redeployed (${before.id} -> ${now.id})`;
  if (before.kind !== 'targets' || now.kind !== 'targets') return `${side} is another service`;
  const gone = before.ids.filter((id) => !now.ids.includes(id));
  const come = now.ids.filter((id) => !before.ids.includes(id));
  // A set that only grew, or only shrank, was scaled.
  return gone.length === 0 || come.length === 0
    ? null
    : `targets of ${side} were replaced (${gone.length} gone, ${come.length} new)`;
}

function capitalised(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
