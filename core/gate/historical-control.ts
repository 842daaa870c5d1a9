/**
 * At 100 % and in the soak no customers of stable are left to compare with. The candidate is compared with what
 * stable's own minutes up to the move reach about once in 10,000 (bets/ceiling.ts), plus the margin. What changes after
 * the move for other reasons cannot cancel, so this test requires less than a comparison.
 */

import type { BaselineSummary, MinuteEvidence, SideCounts } from '../model/index.ts';
import { above, below, type Exposed, exposedByCause, type WarmUp } from './bets/index.ts';
import type { GateVerdict } from './concurrent-control.ts';
import {
  exposed,
  failed,
  failedAtLeast,
  known,
  lostAlone,
  lostAtLeast,
  percent,
  rate,
  requests,
  settledPrefix,
  total,
} from './counts.ts';
import { isShared, type UntargetedShare, unseen, untargeted } from './load-balancer.ts';
import { finite, type GatePolicy, thresholdOf } from './policy.ts';
import { withoutSharedTrouble } from './stable-copies.ts';
import { judgeGivenUp, judgeUntold, openFate } from './untold.ts';

/** Over how many minutes the baseline's worst rates are taken. */
export const PEAK_MINUTES = 5;
/**
 * How many failures at the limit a block should contain, in at most {@link PEAK_MINUTES} minutes. With less traffic, a
 * single block proves little.
 */
const BLOCK_FAILURES = 20;
/** If a log of an earlier version has no ceiling: its worst five minutes, but at most this many times its mean. */
const OF_THE_MEAN = 4;

/** What the candidate is compared with: stable, up to the move. */
export type Reference = Pick<BaselineSummary, 'peakErrorRate' | 'peakSlowRate'> &
  Partial<
    Pick<BaselineSummary, 'errorRate' | 'slowRate' | 'errorCeiling' | 'slowCeiling' | 'untoldCeiling' | 'silentMinutes'>
  >;

/**
 * The reference, measured again before the last customers leave stable. Of what minutes reach, the higher value counts:
 * that of the look-back before the run, or that of the run. After stages in which stable had few requests, the latter
 * are means of long windows, which reach less than the candidate's minutes will.
 * @param before of the day before the run, whose other figures are kept
 * @param untargeted requests that find no target at this moment: those of another service stay its own after the move
 */
export function retaken(
  before: BaselineSummary,
  again: Required<Omit<Reference, 'silentMinutes'>>,
  untargeted: UntargetedShare,
): BaselineSummary {
  const { errorRate, slowRate } = again;
  return {
    ...before,
    errorRate,
    slowRate,
    peakErrorRate: Math.max(before.peakErrorRate, again.peakErrorRate),
    peakSlowRate: higher(before.peakSlowRate, again.peakSlowRate),
    errorCeiling: higher(before.errorCeiling, again.errorCeiling),
    slowCeiling: higher(before.slowCeiling, again.slowCeiling),
    untoldCeiling: higher(before.untoldCeiling, again.untoldCeiling),
    untargetedRate: Math.max(untargeted.others, Math.min(before.untargetedRate ?? 0, untargeted.all)),
  };
}

function higher(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

interface Judged {
  readonly metric: 'errors' | 'slow';
  readonly verdict: 'worse' | 'within margin' | 'undecided';
  readonly text: string;
  /** As in the verdict of a comparison: evidence for "worse" and for "within", and the thresholds of the e-values. */
  readonly eValue: number;
  readonly threshold: number;
  readonly withinEValue: number;
  readonly withinThreshold: number;
  readonly margin: number;
}

/** The verdict on one side against the baseline. */
export interface AloneVerdict extends Pick<GateVerdict, 'decision' | 'reason'> {
  readonly metrics: readonly Judged[];
}

/**
 * The verdict on a candidate that answers everybody.
 * @param reference stable up to the move; null if it was not measured
 */
export function judgeAlone(
  minutes: readonly MinuteEvidence[],
  policy: GatePolicy,
  reference: Reference | null,
): AloneVerdict {
  const ordinary = reference?.untoldCeiling ?? null;
  // Another service on the load balancer may have made its 5xx, while clients hang up as ever.
  const lost = ordinary === null ? minutes : lostAlone(minutes, ordinary);
  const metrics = judgeMetrics(lost, policy, reference);
  const blind = unseen(minutes, policy, reference?.silentMinutes ?? 0);
  return { ...(blind === null ? conclude(metrics, lost, policy, ordinary) : goBack(blind)), metrics };
}

function goBack(reason: string): Omit<AloneVerdict, 'metrics'> {
  return { decision: 'rollback', reason };
}

function judgeMetrics(minutes: readonly MinuteEvidence[], policy: GatePolicy, reference: Reference | null): Judged[] {
  const apart = withoutSharedTrouble(minutes, reference?.errorRate ?? 0, policy.errorMargin);
  // With nobody else there, the load balancer's own 5xx are attributed to the candidate, unless their origin is known.
  const arrived = exposed(minutes, (c, m) => failedAtLeast(c) + ofNobody(c, m));
  const own = apart(arrived);
  const slowSeen = exposed(minutes, (c) => c.slow);
  const slowCeiling = reference === null ? null : slowCeilingOf(reference);
  return [
    judge('errors', own, apart(exposed(settledPrefix(minutes), (c, m) => add(failed(c), ofNobody(c, m)))), policy, {
      ceiling: reference === null ? 0 : errorCeilingOf(reference),
      margin: policy.errorMargin,
      burst: policy.errorBurst,
      warmUp: { minutes: policy.warmUpErrorMinutes, allowance: policy.warmUpErrorMargin },
      leftOut: arrived.map((m, i) => m !== null && own[i] === null),
    }),
    ...(slowCeiling === null
      ? []
      : [
          judge('slow', slowSeen, slowSeen, policy, {
            ceiling: slowCeiling,
            margin: policy.slowMargin,
            burst: policy.slowBurst,
            warmUp: { minutes: policy.warmUpMinutes, allowance: policy.warmUpSlowMargin },
          }),
        ]),
  ];
}

function errorCeilingOf({ errorCeiling, errorRate, peakErrorRate }: Reference): number {
  return errorCeiling ?? Math.min(peakErrorRate, OF_THE_MEAN * (errorRate ?? 1));
}

function slowCeilingOf({ slowCeiling, slowRate, peakSlowRate }: Reference): number | null {
  if (slowCeiling != null) return slowCeiling;
  if (peakSlowRate === null) return null;
  return Math.min(peakSlowRate, OF_THE_MEAN * (slowRate ?? 1));
}

function conclude(
  metrics: readonly Judged[],
  minutes: readonly MinuteEvidence[],
  policy: GatePolicy,
  untoldCeiling: number | null,
): Omit<AloneVerdict, 'metrics'> {
  const seen = total(minutes, 'candidate', requests);
  const text = metrics.map((m) => m.text).join('; ');
  const worse = metrics.find((m) => m.verdict === 'worse');
  if (worse !== undefined) return goBack(`Candidate is worse than the baseline: ${worse.text}.`);
  const hanging =
    untoldCeiling === null
      ? null
      : (judgeUntold(minutes, policy, untoldCeiling) ?? judgeGivenUp(minutes, policy, untoldCeiling));
  if (hanging !== null) return goBack(hanging);
  const nowhere = untargeted(minutes, policy);
  if (nowhere?.calls) return goBack(nowhere.reason);
  if (minutes.length === 0)
    return {
      decision: 'hold',
      reason: `No full minute has been counted yet; ${policy.minRequests} requests are needed.`,
    };
  if (seen < policy.minRequests)
    return { decision: 'hold', reason: `${seen} of ${policy.minRequests} needed requests are counted: ${text}.` };
  const fate = untoldCeiling === null ? null : openFate(minutes, policy, untoldCeiling);
  if (fate !== null) return { decision: 'hold', reason: `${fate}.` };
  if (nowhere !== null) return { decision: 'hold', reason: nowhere.reason };
  if (metrics.every((m) => m.verdict === 'within margin'))
    return { decision: 'advance', reason: `${seen} requests: ${text}.` };
  return { decision: 'hold', reason: `${seen} requests; not enough evidence yet: ${text}.` };
}

interface Before {
  readonly ceiling: number;
  readonly margin: number;
  readonly burst: number;
  readonly warmUp: WarmUp;
  /** Minutes in which stable's copies fail as well, or for which they are awaited. */
  readonly leftOut?: readonly boolean[];
}

/**
 * 5xx of the load balancer that cannot be attributed to a side. On a load balancer that other services share, they may
 * belong to those.
 */
function ofNobody(candidate: SideCounts, minute: MinuteEvidence): number {
  if (typeof candidate.unanswered === 'number' || isShared(minute)) return 0;
  return Math.max(0, known(minute.elb5xx) - lostAtLeast(candidate));
}

function add(failures: number | null, more: number): number | null {
  return failures === null ? null : failures + more;
}

/**
 * @param atLeast what has arrived; late points can only make it worse
 * @param counted the minutes whose counts are settled
 */
function judge(
  metric: Judged['metric'],
  atLeast: readonly Exposed[],
  counted: readonly Exposed[],
  policy: GatePolicy,
  { ceiling, margin, burst, warmUp, leftOut = [] }: Before,
): Judged {
  const threshold = thresholdOf(policy, metric);
  const limit = ceiling + margin;
  const minutes = exposedByCause(atLeast, burst);
  const size = blockSize(minutes, limit);
  const { logE, onset } = above(blocks(minutes, size), limit, { ...warmUp, minutes: Math.ceil(warmUp.minutes / size) });
  // A rate that stable's customers have lived with is no emergency, just as stable's own minutes excuse it before 100
  // %.
  const fire = Math.max(policy.maxErrorRate, limit);
  const burn = metric === 'errors' ? above(minutes, fire) : { logE: Number.NEGATIVE_INFINITY, onset: 0 };
  const steady = counted.map((m, minute) => (minute < warmUp.minutes ? null : m));
  const within = below(exposedByCause(steady, burst), limit);
  const isOver = logE >= Math.log(threshold);
  const worse = isOver || burn.logE >= Math.log(thresholdOf(policy, 'burn'));
  // The figures on which the call rests: those since it began, including what has arrived of minutes that are not
  // settled.
  const began = isOver ? onset * size : burn.onset;
  const told = worse ? atLeast.slice(began) : counted;
  const span = worse && began > 0 ? ` in the last ${told.length} min` : '';
  const absent = leftOut.slice(worse ? began : 0).filter((isOut) => isOut).length;
  const without =
    absent === 0 ? '' : `, ${absent} min left out for which stable's copies are awaited, or in which they fail as well`;
  const [n, x] = told.reduce(([a, b], m) => (m === null ? [a, b] : [a + m.n, b + m.x]), [0, 0] as [number, number]);
  return {
    metric,
    eValue: finite(logE),
    threshold,
    withinEValue: finite(within),
    withinThreshold: 1 / policy.beta,
    margin,
    verdict: worse ? 'worse' : within >= Math.log(1 / policy.beta) ? 'within margin' : 'undecided',
    text: `${metric} ${x} of ${n}${span}${without} (${percent(rate(x, n))}; limit ${percent(limit)}: stable's worst plus the margin; as logarithms, rollback evidence ${logE.toFixed(1)} of ${Math.log(threshold).toFixed(1)}, advance evidence ${within.toFixed(1)} of ${Math.log(1 / policy.beta).toFixed(1)})`,
  };
}

/** How many minutes a block must have so that, at the limit, it contains enough failures to be conclusive by itself. */
function blockSize(minutes: readonly Exposed[], limit: number): number {
  const known = minutes.filter((m) => m !== null);
  const perMinute = (known.reduce((sum, m) => sum + m.n, 0) / Math.max(1, known.length)) * limit;
  return Math.min(PEAK_MINUTES, Math.max(1, Math.ceil(BLOCK_FAILURES / Math.max(perMinute, Number.EPSILON))));
}

/** Complete blocks only. */
function blocks(minutes: readonly Exposed[], size: number): Exposed[] {
  return Array.from({ length: Math.floor(minutes.length / size) }, (_, i) =>
    minutes
      .slice(i * size, (i + 1) * size)
      .reduce((sum, m) => (m === null ? sum : { n: (sum?.n ?? 0) + m.n, x: (sum?.x ?? 0) + m.x }), null),
  );
}
