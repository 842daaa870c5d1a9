/** A status event as people read it in a mail. */
import type { StatusEvent } from './status-event.ts';

const LINKS = [
  ['runbook', 'Runbook'],
  ['dashboard', 'Dashboard'],
  ['machine', 'Executions'],
] as const;

/** Text, and below it the links that the deployment has. */
export function statusText({ text, links }: StatusEvent): string {
  const lines = LINKS.flatMap(([key, label]) => (links[key] === undefined ? [] : [`${label}: ${links[key]}`]));
  return lines.length === 0 ? text : `${text}\n\n${lines.join('\n')}`;
}
