/**
 * A stage and the soak advance only on complete and fresh evidence: the last ten minutes and most of the stage must
 * have arrived from both sides. After a lasting gap, the length of another bake is required. A gap blocks promotion,
 * never a rollback. A silence that stable ordinarily has is not a gap.
 */

import type { Side } from '../../sides/index.ts';
import { type MinuteEvidence, UNKNOWN } from '../model/index.ts';

const MINUTE_MS = 60_000;
/** The latest minute is not over, or not published yet: ALB publishes a minute within the next one. */
const PUBLICATION_MINUTES = 1;
/**
 * For how many minutes after its end a minute may be missing on one side only, because each side's points are published
 * separately.
 */
const SIDE_LATE_MINUTES = 2;
/**
 * The same for both sides: points arrive up to three minutes late, and the clock of the reader may be two minutes
 * ahead.
 */
const LATE_MINUTES = 5;
/** How many minutes before the latest ones must be complete. */
const RECENT_MINUTES = 10;
/**
 * The share of the stage that must be present. A fifth may be missing (an outage of the metric store of a dozen minutes
 * in an hour). With more missing, a regression of half a margin over the whole stage could hide most of itself in the
 * gap.
 */
const LEAST_SHARE = 0.8;
/** How many requests a block of minutes should bring. The probability of none at all is then e⁻⁵, below 1 %. */
const REQUESTS_OF_A_BLOCK = 5;
/** How many of the ten minutes before the latest known one must be known, since two points may be late. */
const KNOWN_OF_RECENT = 8;

export interface StageSpan {
  /** When the stage or the soak began, in milliseconds since the epoch. */
  readonly since: number;
  readonly now: number;
  /** The candidate's share of the requests, 0 to 1; at 1, nothing is expected from stable. */
  readonly share: number;
  /** For how many minutes there are ordinarily no requests ({@link ordinarySilence}). */
  readonly silentMinutes: number;
  /** For how long after `since` the evidence must be settled, in milliseconds. */
  readonly bakeMs: number;
}

/**
 * The longest silence, in minutes, that occurred once an hour. Clients that ask every ten minutes leave nine without a
 * request, which a metric store cannot distinguish from minutes that it lost.
 * @param requests of each period, in chronological order
 */
export function ordinarySilence(requests: readonly number[], periodMinutes: number): number {
  const silences: number[] = [];
  let length = 0;
  for (const n of [...requests, 1]) {
    if (n > 0 && length > 0) silences.push(length);
    length = n > 0 ? 0 : length + 1;
  }
  const hours = Math.floor((requests.length * periodMinutes) / 60);
  return periodMinutes * (silences.toSorted((a, b) => b - a)[hours - 1] ?? 0);
}

/** Why the evidence is too thin or too old to advance; null if it is neither. */
export function gapOf(minutes: readonly MinuteEvidence[], span: StageSpan): string | null {
  const sides: Side[] = span.share >= 1 ? ['candidate'] : ['stable', 'candidate'];
  const expected = expectedMinutes(minutes, span);
  if (expected.length === 0) return 'no minute of it has been published yet';
  for (const side of sides) {
    const share = side === 'stable' ? 1 - span.share : span.share;
    const problem = missing(expected, side, share, { most: lastOf(expected, span), least: 1 + span.silentMinutes });
    if (problem !== null) return problem;
  }
  return unsettled(expected, sides, span);
}

/**
 * One entry per minute from `since` to the latest that must have been published; undefined if nothing arrived. While
 * one side answers, minutes are published; if neither does, the latest minutes may only be late.
 */
function expectedMinutes(
  minutes: readonly MinuteEvidence[],
  { since, now }: StageSpan,
): (MinuteEvidence | undefined)[] {
  const first = Math.ceil(since / MINUTE_MS);
  const over = Math.floor(now / MINUTE_MS);
  const answered = minutes.filter((m) => answers(m, 'stable') || answers(m, 'candidate'));
  const newest = answered.reduce((latest, m) => Math.max(latest, Math.floor(m.minute / MINUTE_MS)), -1);
  const end = Math.min(over - PUBLICATION_MINUTES, Math.max(newest + 1, over - LATE_MINUTES));
  const byMinute = new Map(minutes.map((m) => [Math.floor(m.minute / MINUTE_MS), m]));
  return Array.from({ length: Math.max(0, end - first) }, (_, i) => byMinute.get(first + i));
}

function answers(minute: MinuteEvidence | undefined, side: Side): boolean {
  return (minute?.[side]?.requests ?? 0) > 0;
}

/**
 * If the response times or the answers of a minute are lost, it is unknown whether any was slow or lost, so it counts
 * as absent.
 */
function tells(minute: MinuteEvidence | undefined, side: Side): boolean {
  const counts = minute?.[side];
  if (counts?.answered === UNKNOWN) return false;
  return answers(minute, side) && (counts?.slow !== null || counts.latency !== undefined);
}

/** Drops the latest minutes of a side, which may only be late. */
function due(expected: readonly (MinuteEvidence | undefined)[], side: Side): readonly (MinuteEvidence | undefined)[] {
  const late = expected.slice(-SIDE_LATE_MINUTES).findLastIndex((m) => tells(m, side));
  return expected.slice(0, Math.max(0, expected.length - SIDE_LATE_MINUTES) + late + 1);
}

/**
 * The latest minutes, as many as the bake is long. After an outage of the metric store, earlier minutes no longer
 * count, and the gap is over after another bake.
 */
function lastOf(expected: readonly unknown[], { bakeMs }: StageSpan): number {
  return Math.min(expected.length, Math.max(RECENT_MINUTES, Math.floor(bakeMs / MINUTE_MS)));
}

/**
 * @param most how many of the latest minutes are examined, most of which must be present
 * @param least minutes in a block
 */
function missing(
  all: readonly (MinuteEvidence | undefined)[],
  side: Side,
  share: number,
  { most, least }: { readonly most: number; readonly least: number },
): string | null {
  const whole = due(all, side);
  if (whole.length === 0) return `the ${side} side has no evidence`;
  const expected = whole.slice(-most);
  const total = whole.reduce((sum, m) => sum + (m?.stable?.requests ?? 0) + (m?.candidate?.requests ?? 0), 0);
  const perMinute = (total / whole.length) * share;
  if (perMinute === 0) return `the ${side} side has no evidence`;
  // On thin traffic, minutes without requests are ordinary, so blocks of several minutes are required instead.
  const size = Math.min(expected.length, Math.max(least, Math.ceil(REQUESTS_OF_A_BLOCK / perMinute)));
  const blocks: boolean[] = [];
  for (let end = expected.length; end - size >= 0; end -= size)
    blocks.push(expected.slice(end - size, end).some((m) => tells(m, side)));
  const recent = blocks.slice(0, Math.ceil(RECENT_MINUTES / size));
  const silent = blocks.indexOf(true);
  if (silent !== 0)
    return `the ${side} side has been silent for ${(silent === -1 ? blocks.length : silent) * size} min`;
  if (recent.includes(false)) return `the ${side} side's last ${recent.length * size} min have a gap`;
  const present = blocks.filter(Boolean).length / blocks.length;
  return present >= LEAST_SHARE
    ? null
    : `only ${Math.floor(present * 100)} % of the ${side} side's minutes have arrived; ${LEAST_SHARE * 100} % are required`;
}

/** Error counts must be known to the end of the bake, because an absent point may be late. */
function unsettled(
  expected: readonly (MinuteEvidence | undefined)[],
  sides: readonly Side[],
  { bakeMs, silentMinutes }: StageSpan,
): string | null {
  const isTold = (m: MinuteEvidence | undefined) => silentMinutes === 0 || sides.some((s) => answers(m, s));
  const isKnown = (m: MinuteEvidence | undefined) =>
    m !== undefined && sides.every((s) => m[s]?.target5xx !== UNKNOWN && m[s]?.connectionErrors !== UNKNOWN);
  const needed = Math.min(expected.length, Math.floor(bakeMs / MINUTE_MS) - PUBLICATION_MINUTES);
  for (let end = expected.length; end >= needed; end--) {
    const recent = expected.slice(Math.max(0, end - Math.max(RECENT_MINUTES, 1 + silentMinutes)), end).filter(isTold);
    if (recent.length > 0 && recent.filter(isKnown).length * RECENT_MINUTES >= KNOWN_OF_RECENT * recent.length)
      return null;
  }
  return 'error counts of its last minutes are not settled yet (absent points may be late)';
}

/**
 * Evidence of more than a week does not fit into one reading of the metric store, and a window that moved with every
 * evaluation would begin a new test each time. The beginning therefore moves in steps, and every span is a test of its
 * own.
 */
const DAY_MS = 86_400_000;
/** A span is at most a week long, and at least half a week. */
const STEP_MS = 3.5 * DAY_MS;

/** Instants are milliseconds since the epoch. @param since when the phase or stage began */
export function evidenceSince(since: number, now: number): number {
  return since + Math.max(0, Math.floor((now - since) / STEP_MS) - 1) * STEP_MS;
}

/** The number of spans within the given number of seconds. */
export function spansWithin(seconds: number): number {
  return Math.max(1, Math.floor((seconds * 1000) / STEP_MS));
}
