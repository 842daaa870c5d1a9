/** Pause windows: whether one is open at an instant, and when the last of those that follow each other ends. */
import { DAYS, type Freeze, type PauseWindows, type RecurringPause } from './campaign.ts';

/** What a wall clock shows at an instant (milliseconds since the epoch); null for a time zone that nobody knows. */
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
/** Clocks are put forward or back by no more than this: nearer to an end it is approached minute by minute. */
const CLOCK_CHANGE_MINUTES = 180;
/** Recurring windows that leave no minute open for so long never do; a freeze may be as long as it likes. */
const NEVER_MS = 15 * DAY_MINUTES * MINUTE_MS;

/** The window that is open at `at`; null where cutovers may start. */
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

/** The first instant from `from` on at which a cutover may start; null where none ever comes. */
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

/** Minutes that are left of it by the wall clock; 0: it is not open. */
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
