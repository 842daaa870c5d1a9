/** Formats instants according to the clock of a run. */
import type { RunView } from '../view/index.ts';

type Clocked = Pick<RunView, 'clock' | 'from'>;

/** `0:21:05` since the run began, or `10:31:05Z`; with the date if `withDay`. */
export function timeText({ clock, from }: Clocked, at: number, withDay = false): string {
  if (clock === 'elapsed') return durationText(at - from);
  const iso = new Date(at).toISOString();
  return withDay ? `${iso.slice(0, 10)} ${iso.slice(11, 19)}Z` : `${iso.slice(11, 19)}Z`;
}

/** Such as `45 s`, `8 min` or `49 h`. */
export function roughText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** `h:mm:ss` */
function durationText(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  return `${Math.floor(total / 3600)}:${two(Math.floor((total % 3600) / 60))}:${two(total % 60)}`;
}
