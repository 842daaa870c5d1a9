/** Pause windows: whether one is open at an instant, and when the last of a series of adjoining windows ends. */
import { DAYS, type Freeze, type PauseWindows, type RecurringPause } from './campaign.ts';

/** The local date and time at an instant (milliseconds since the epoch); null for an unknown time zone. */
export type WallClock = (
  timeZone: string,
  at: number,
) => {
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** `HH:MM` */
  readonly time: string;
} | null;

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** Clock changes are no larger than this. Closer to its end, a window is followed minute by minute. */
const CLOCK_CHANGE_MINUTES = 180;
/** If recurring windows leave no minute open for this long, they never do. A freeze may be of any length. */
const NEVER_MS = 15 * DAY_MINUTES * MINUTE_MS;

/** The window that is open at `at`; null if cutovers may start. */
export function pauseAtInstant(
  { recurring, freezes }: PauseWindows,
  at: number,
  clock: WallClock,
): { readonly name: string; readonly timeZone: string } | null {
  return (
    freezes.find((freeze) => freezeMinutes(freeze, at, clock) > 0) ??
    recurring.find((each) => recurringMinutes(each, at, clock) > 0) ??
    null
  );
}

/** The first instant from `from` on at which a cutover may start; null if there is none. */
export function nextOpening(pause: PauseWindows, from: number, clock: WallClock): number | null {
  let at = Math.ceil(from / MINUTE_MS) * MINUTE_MS;
  let sinceFreeze = at;
  if (pauseAtInstant(pause, from, clock) === null) return from;
  while (at - sinceFreeze <= NEVER_MS) {
    const frozen = Math.max(0, ...pause.freezes.map((freeze) => freezeMinutes(freeze, at, clock)));
    const paused = Math.max(0, ...pause.recurring.map((each) => recurringMinutes(each, at, clock)));
    if (frozen === 0 && paused === 0) return at;
    const minutes = Math.max(frozen, paused);
    at += MINUTE_MS * (minutes > CLOCK_CHANGE_MINUTES ? minutes - CLOCK_CHANGE_MINUTES : 1);
    if (frozen > 0) sinceFreeze = at;
  }
  return null;
}

/** How many minutes of the window remain by local time; 0 if it is not open. */
function recurringMinutes({ days, from, to, timeZone }: RecurringPause, at: number, clock: WallClock): number {
  const shown = clock(timeZone, at);
  if (shown === null) return 0;
  const [begin, end, now] = [minutesOf(from), minutesOf(to), minutesOf(shown.time)];
  const today = weekdayOf(shown.date);
  const begins = (day: number) => days === undefined || days.some((name) => DAYS.indexOf(name) === (day + 7) % 7);
  const overnight = end <= begin;
  if (!overnight) return begins(today) && now >= begin && now < end ? end - now : 0;
  if (begins(today) && now >= begin) return DAY_MINUTES - now + end;
  return begins(today - 1) && now < end ? end - now : 0;
}

function freezeMinutes({ from, to, timeZone }: Freeze, at: number, clock: WallClock): number {
  const shown = clock(timeZone, at);
  if (shown === null) return 0;
  const now = `${shown.date}T${shown.time}`;
  return now >= from && now < to ? (Date.parse(`${to}Z`) - Date.parse(`${now}Z`)) / MINUTE_MS : 0;
}

function minutesOf(time: string): number {
  const [hours = '', minutes = ''] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/** 0 is Sunday. 1970-01-01 was a Thursday. */
function weekdayOf(date: string): number {
  return (Math.floor(Date.parse(`${date}T00:00Z`) / (DAY_MINUTES * MINUTE_MS)) + 4) % 7;
}
