/** The text of a status event, as people read it in a mail. */
import type { StatusEvent } from './status-event.ts';

const LINKS = [
  ['runbook', 'Runbook'],
  ['dashboard', 'Dashboard'],
  ['machine', 'Executions'],
] as const;

/** The text, what has to be done, and the links that the deployment has. */
export function statusText({ text, todo, links }: StatusEvent): string {
  const lines = LINKS.flatMap(([key, label]) => (links[key] === undefined ? [] : [`${label}: ${links[key]}`]));
  return [text, ...(todo === null ? [] : [todo]), ...(lines.length === 0 ? [] : [lines.join('\n')])].join('\n\n');
}
