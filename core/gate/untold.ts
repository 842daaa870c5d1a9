/**
 * Requests of which nothing is told: no answer of a target, and none that the load balancer gave in its place. A client
 * that gives up sooner than the load balancer would leaves no other trace of a candidate that hangs. A request is
 * counted when it comes and told of when it ends, maybe in a later minute, so only sums over some minutes say anything.
 */
import { type MinuteEvidence, type SideCounts, UNKNOWN } from '../model/index.ts';
import { above, type Exposed } from './bets/index.ts';
import { CHANCE, failedAtLeast, percent, rate, requests, settledPrefix, total } from './counts.ts';
import { type GatePolicy, thresholdOf } from './policy.ts';

/** Requests in progress at the end of a block are few compared with those that arrived in it. */
const BLOCK_MINUTES = 5;
const BLOCK_REQUESTS = 100;
/**
 * Networks and pages make clients hang up for some minutes; so many blocks of so many minutes in a row are the
 * candidate's.
 */
const LASTING = { blocks: 6, minutes: 10 } as const;
/** So many whole minutes without a single answer are no pause. */
const SILENT_MINUTES = 3;
/** With fewer requests in each of them, a minute without an answer is chance. */
const SURELY_MANY = 20;
/** As for the absolute limit: anything below this multiple of stable's share is left to people. */
const CLEAR_OUTAGE = 2;

/** Negative in a minute in which the outcome of requests from the previous one is reported. */
const untold = (counts: SideCounts): number =>
  counts.answered === undefined || counts.answered === UNKNOWN
    ? 0
    : counts.requests - counts.answered - failedAtLeast(counts);

/**
 * Why a stage waits: the candidate's requests with an unknown outcome could hide failures beyond the margin, and there
 * are more than chance explains; null if they could not.
 * @param ordinary the share that stable's minutes reached before, if nobody is left to compare the candidate with
 */
export function openFate(minutes: readonly MinuteEvidence[], policy: GatePolicy, ordinary?: number): string | null {
  const { candidate, stable, chance } = sharesUntold(minutes, ordinary);
  const more = candidate - stable;
  if (!(more > policy.errorMargin + chance)) return null;
  const than = ordinary === undefined ? 'on stable' : `stable's minutes reached before (${percent(ordinary)})`;
  return `The share of requests without any recorded answer is ${percent(more)} higher on the candidate than ${than}; if these failed, they would exceed the margin of ${percent(policy.errorMargin)}`;
}

/**
 * Why the candidate is considered to hang; null if that is not shown. A smaller number of requests without an outcome
 * holds the stage ({@link openFate}).
 * @param ordinary as there
 */
export function judgeUntold(seen: readonly MinuteEvidence[], policy: GatePolicy, ordinary?: number): string | null {
  const stopped = judgeSilence(seen, ordinary);
  if (stopped !== null) return stopped;
  // Requests that were in progress when the weight moved end on the other side.
  const minutes = settledPrefix(seen).slice(BLOCK_MINUTES);
  const blocks = blocksOf(minutes);
  const limit = (ordinary ?? 0) + policy.maxErrorRate;
  const { logE, onset } = above(
    blocks.map(({ counted }) => counted),
    limit,
  );
  const since = blocks[onset];
  if (since === undefined || logE < Math.log(thresholdOf(policy, 'untold'))) return null;
  const { candidate, stable, chance } = sharesUntold(minutes.slice(since.from), ordinary);
  if (!(candidate - stable >= policy.maxErrorRate + chance) || candidate < CLEAR_OUTAGE * stable) return null;
  const beside = `${ordinary === undefined ? "of the stable side's" : "of the stable side's before, at most"} ${percent(stable)}`;
  return `${percent(candidate)} of the candidate's requests have no recorded answer, above the limit of ${percent(limit)}, and ${beside}: it hangs, and its clients give up.`;
}

/**
 * Why a candidate is considered to have stopped answering: in its latest minutes it has not answered anybody, although
 * it had before, nor are there response times; where its answers are lost there are. That need not wait for late
 * points: what they bring are failures.
 */
function judgeSilence(seen: readonly MinuteEvidence[], ordinary?: number): string | null {
  const isSilent = ({ candidate }: MinuteEvidence) =>
    candidate !== null &&
    candidate.requests >= SURELY_MANY &&
    candidate.answered === 0 &&
    failedAtLeast(candidate) === 0;
  const latest = seen.slice(-SILENT_MINUTES);
  const earlier = seen.slice(BLOCK_MINUTES, -SILENT_MINUTES);
  const hasAnswered = earlier.some(
    ({ candidate }) => typeof candidate?.answered === 'number' && candidate.answered > 0,
  );
  if (latest.length < SILENT_MINUTES || !latest.every(isSilent) || !hasAnswered) return null;
  const { stable } = sharesUntold(latest, ordinary);
  const isCompared = ordinary !== undefined || latest.every((minute) => minute.stable !== null);
  if (!isCompared || CLEAR_OUTAGE * stable >= 1) return null;
  return `None of the candidate's ${total(latest, 'candidate', requests)} requests of the last ${SILENT_MINUTES} min has a recorded answer: it hangs, and its clients give up.`;
}

/**
 * Why a candidate that answers everybody is considered to lose clients, although fewer than one that hangs: in each of
 * the latest blocks, for an hour at least, more of them than the margin give up beyond what stable's minutes reached
 * before. Null if they do not. A stage is held for that until its longest hold, a soak until its end.
 */
export function judgeGivenUp(seen: readonly MinuteEvidence[], policy: GatePolicy, ordinary: number): string | null {
  const known = settledPrefix(seen).slice(BLOCK_MINUTES);
  const blocks = blocksOf(known, LASTING.minutes).slice(-LASTING.blocks);
  const first = blocks[0];
  if (first === undefined || blocks.length < LASTING.blocks) return null;
  const isMore = (block: readonly MinuteEvidence[]) => {
    const { candidate, stable, chance } = sharesUntold(block, ordinary);
    return candidate - stable > policy.errorMargin + chance;
  };
  if (!blocks.every(({ from, until }) => isMore(known.slice(from, until)))) return null;
  const { candidate } = sharesUntold(known.slice(first.from), ordinary);
  return `${percent(candidate)} of the candidate's requests have had no recorded answer for an hour or more, above what stable's minutes reached before and the margin (${percent(ordinary + policy.errorMargin)}): its clients give up.`;
}

interface Shares {
  readonly candidate: number;
  readonly stable: number;
  /** By how much the two shares may differ although nothing is wrong; NaN if one of them has no requests. */
  readonly chance: number;
}

/** Shares of requests with an unknown outcome: clients that hung up, and answers whose points were lost. */
function sharesUntold(minutes: readonly MinuteEvidence[], ordinary?: number): Shares {
  const [n1, x1] = [total(minutes, 'candidate', requests), total(minutes, 'candidate', untold)];
  const [n0, x0] = [total(minutes, 'stable', requests), total(minutes, 'stable', untold)];
  const candidate = Math.max(0, rate(x1, n1));
  if (ordinary !== undefined) return { candidate, stable: ordinary, chance: CHANCE * spread(ordinary, 1 / n1) };
  const both = Math.max(0, rate(x0 + x1, n0 + n1));
  return { candidate, stable: Math.max(0, rate(x0, n0)), chance: CHANCE * spread(both, 1 / n0 + 1 / n1) };
}

function spread(share: number, of: number): number {
  return Math.sqrt(share * (1 - share) * of);
}

interface Block {
  readonly from: number;
  readonly until: number;
  readonly counted: Exposed;
}

function blocksOf(minutes: readonly MinuteEvidence[], least = BLOCK_MINUTES): Block[] {
  const blocks: Block[] = [];
  let [from, n, x] = [0, 0, 0];
  for (const [at, { candidate }] of minutes.entries()) {
    if (candidate !== null) [n, x] = [n + candidate.requests, x + untold(candidate)];
    if (at + 1 - from < least || n < BLOCK_REQUESTS) continue;
    blocks.push({ from, until: at + 1, counted: { n, x: Math.max(0, x) } });
    [from, n, x] = [at + 1, 0, 0];
  }
  return blocks;
}
