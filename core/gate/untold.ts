/**
 * Requests of which nothing is told: no answer of a target, and none that the load balancer gave in its place. A client that gives up sooner than the load balancer
 * would leaves no other trace of a candidate that hangs. A request is counted when it comes and told of when it ends, maybe in a later minute, so only sums over some minutes say anything.
 */
import type { MinuteEvidence, SideCounts } from '../model/index.ts';
import { above, type Exposed } from './bets/index.ts';
import { failedAtLeast, percent, rate, requests, settledPrefix, total } from './counts.ts';
import { type GatePolicy, thresholdOf } from './policy.ts';

/** What is under way when a block ends is little beside what came in it. */
const BLOCK_MINUTES = 5;
const BLOCK_REQUESTS = 100;
/** As the absolute limit: less than so many times the stable side's share is for people to look at. */
const CLEAR_OUTAGE = 2;

/** Below 0 in a minute in which those of the one before are told of. */
const untold = (counts: SideCounts): number =>
  counts.answered === undefined ? 0 : counts.requests - counts.answered - failedAtLeast(counts);

/** Standard deviations by which two shares differ by chance. */
const CHANCE = 3;

/**
 * Why a stage waits: requests of the candidate that nothing is told of could hide failures beyond the margin, and chance does not make as many; null where they could not.
 * @param ordinary the share that the stable side's minutes reached before, where nobody is left beside the candidate
 */
export function openFate(minutes: readonly MinuteEvidence[], policy: GatePolicy, ordinary?: number): string | null {
  const { candidate, stable, chance } = sharesUntold(minutes, ordinary);
  const more = candidate - stable;
  if (!(more > policy.errorMargin + chance)) return null;
  const than = ordinary === undefined ? 'on stable' : `stable's minutes reached before (${percent(ordinary)})`;
  return `The share of requests without any recorded answer is ${percent(more)} higher on the candidate than ${than}; if these failed, they would exceed the margin of ${percent(policy.errorMargin)}`;
}

/** Why the candidate must be taken to hang; null where it is not shown to. What is told of less than this holds the stage ({@link openFate}). @param ordinary as there */
export function judgeUntold(seen: readonly MinuteEvidence[], policy: GatePolicy, ordinary?: number): string | null {
  // What was under way when the weight moved ends on the other side.
  const minutes = settledPrefix(seen).slice(BLOCK_MINUTES);
  const blocks = blocksOf(minutes);
  const limit = (ordinary ?? 0) + policy.maxErrorRate;
  const { logE, onset } = above(
    blocks.map(({ counted }) => counted),
    limit,
  );
  const since = blocks[onset];
  // Where answers are told, the load balancer's own 5xx have a side, and their test has nothing to do.
  if (since === undefined || logE < Math.log(thresholdOf(policy, 'balancer'))) return null;
  const { candidate, stable, chance } = sharesUntold(minutes.slice(since.from), ordinary);
  if (!(candidate - stable >= policy.maxErrorRate + chance) || candidate < CLEAR_OUTAGE * stable) return null;
  const beside = `${ordinary === undefined ? "of the stable side's" : "of the stable side's before, at most"} ${percent(stable)}`;
  return `${percent(candidate)} of the candidate's requests have no recorded answer, above the limit of ${percent(limit)}, and ${beside}: it hangs, and its clients give up.`;
}

interface Shares {
  readonly candidate: number;
  readonly stable: number;
  /** By how much the two may differ although nothing is wrong; no number where one of them has no requests. */
  readonly chance: number;
}

/** Shares of requests whose fate is unknown: clients who hung up, and answers whose points are lost. */
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
  readonly counted: Exposed;
}

function blocksOf(minutes: readonly MinuteEvidence[]): Block[] {
  const blocks: Block[] = [];
  let [from, n, x] = [0, 0, 0];
  for (const [at, { candidate }] of minutes.entries()) {
    if (candidate !== null) [n, x] = [n + candidate.requests, x + untold(candidate)];
    if (at + 1 - from < BLOCK_MINUTES || n < BLOCK_REQUESTS) continue;
    blocks.push({ from, counted: { n, x: Math.max(0, x) } });
    [from, n, x] = [at + 1, 0, 0];
  }
  return blocks;
}
