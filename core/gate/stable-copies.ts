/**
 * In the soak nobody is on the stable side, but it answers copies of some requests (the reverse mirror). Where these
 * fail as well, both sides have the same trouble, and going back to a side that fails as much helps nobody. Such
 * minutes count neither for nor against the candidate. That only takes calls away, so α holds.
 */
import type { MinuteEvidence } from '../model/index.ts';
import type { Exposed, Period } from './bets/index.ts';
import { rate, reachedBy } from './counts.ts';
import { MATTERS } from './least-difference.ts';

/** Copies are a few per cent of the requests, so minutes are taken together until they show something. */
const WINDOW_MINUTES = 5;
/** Fewer failed copies are chance. */
const SURELY_FAILED = 5;
/** A candidate that fails more than this many times as much is worse, whatever happens to both. */
const CLEAR_OUTAGE = 2;
/** The newest minutes wait for their copies; if those do not come, the minutes count. */
const WAIT_MINUTES = 3;
/** Without any copies for so long, the mirror is closed. */
const SILENT_MINUTES = 10;
/**
 * What fails of the copies even in the best minutes of the soak is nobody's trouble: copies of requests that stable
 * cannot answer, because only the candidate knows of their sessions.
 */
const ORDINARY = { part: 0.02, copies: 400 } as const;

/**
 * The candidate's minutes that count: without those in which stable's copies fail at least half as much, and without
 * the newest ones as long as their copies are too few to tell.
 * @param mean stable's rate of failures before the move
 * @param margin by which the candidate may fail more
 */
export function withoutSharedTrouble(minutes: readonly MinuteEvidence[], mean: number, margin: number) {
  const copies = minutes.map(({ stableCopies }): Exposed => {
    return stableCopies == null ? null : { n: stableCopies.answered, x: stableCopies.failed };
  });
  const isFlowing = copies.slice(-SILENT_MINUTES).some((m) => m !== null);
  const ordinary = Math.max(mean, ordinaryOf(copies));
  return (candidate: readonly Exposed[]): readonly Exposed[] => {
    const both = candidate.map((minute, i) => ({ own: minute, copied: minute === null ? null : (copies[i] ?? null) }));
    const [shared, own] = [new Set<number>(), new Set<number>()];
    for (let from = 0; from < both.length; from++) {
      let span = NOTHING;
      for (let at = from; at < Math.min(both.length, from + WINDOW_MINUTES); at++) {
        span = plus(span, both[at]);
        if (!isTrouble(span, mean + MATTERS * margin, ordinary)) continue;
        const whose = isShared(span, mean, ordinary) ? shared : own;
        for (let i = from; i <= at; i++) whose.add(i);
      }
    }
    const isOpen = (minute: number) =>
      isFlowing && minute >= both.length - WAIT_MINUTES && !tells(both.slice(minute).reduce(plus, NOTHING), mean);
    return candidate.map((minute, i) => ((shared.has(i) && !own.has(i)) || isOpen(i) ? null : minute));
  };
}

interface Both {
  readonly own: Exposed;
  readonly copied: Exposed;
}
interface Span {
  /** The candidate's minutes for which there are copies, and the copies. */
  readonly own: Period;
  readonly copied: Period;
}
const NOTHING: Span = { own: { n: 0, x: 0 }, copied: { n: 0, x: 0 } };

function plus(sum: Span, minute: Both | undefined): Span {
  if (minute == null || minute.own === null || minute.copied === null) return sum;
  const add = (a: Period, b: Period) => ({ n: a.n + b.n, x: a.x + b.x });
  return { own: add(sum.own, minute.own), copied: add(sum.copied, minute.copied) };
}

/**
 * Whether the candidate fails so much more than stable did that it matters, and the copies more than they ordinarily do.
 */
function isTrouble({ own, copied: { n, x } }: Span, limit: number, ordinary: number): boolean {
  return x >= Math.max(SURELY_FAILED, reachedBy(n * ordinary)) && rate(own.x, own.n) > limit;
}

/** Whether the copies may fail at least half as much; a longer span of the same trouble may show that they do not. */
function isShared({ own, copied: { n, x } }: Span, mean: number, ordinary: number): boolean {
  return rate(own.x, own.n) - mean < CLEAR_OUTAGE * (rate(reachedBy(x), n) - ordinary);
}

/** Whether so many copies would show it if half of the candidate's trouble were both sides'. */
function tells({ own, copied }: Span, mean: number): boolean {
  return copied.n * (mean + (rate(own.x, own.n) - mean) / CLEAR_OUTAGE) >= SURELY_FAILED;
}

function ordinaryOf(copies: readonly Exposed[]): number {
  const blocks: Period[] = [];
  let [n, x] = [0, 0];
  for (const minute of copies) {
    [n, x] = [n + (minute?.n ?? 0), x + (minute?.x ?? 0)];
    if (n < ORDINARY.copies) continue;
    blocks.push({ n, x });
    [n, x] = [0, 0];
  }
  const best = blocks.toSorted((a, b) => a.x / a.n - b.x / b.n)[Math.floor(ORDINARY.part * blocks.length)];
  return best === undefined ? 0 : reachedBy(best.x) / best.n;
}
