/**
 * When the alarms of a cutover breach, minute by minute, and how often a healthy candidate triggers them. `lib` writes
 * these rules as metric math; a test checks that both agree. The alarms are deliberately coarse: the gate detects small
 * differences sooner, and an alarm must not use up the α that belongs to the gate.
 */

/** Thresholds of the alarms that count requests. */
export interface CountedThresholds {
  /** By how many percentage points more of the candidate's requests must fail than of stable's. @default 5 */
  readonly errorPercent: number;
  /** By how many percentage points more of the candidate's connections must be refused than of stable's. @default 1 */
  readonly connectionErrorPercent: number;
  /**
   * By how many percentage points more of the candidate's requests the load balancer must answer with 5xx of its own
   * than of stable's.
   * @default 1
   */
  readonly elbErrorPercent: number;
}

/** With fewer requests in a minute, a ratio proves nothing. */
export const ALARM_MIN_REQUESTS = 20;
/**
 * Fewer failures in a minute are left to the gate. If one cause makes several at a time (`gate.errorBurst`), the number
 * is multiplied by that. With 30 requests a minute and a base rate of 3 %, six or more fail in one minute of 3,000, and
 * twice within three minutes in one cutover of 20,000.
 */
export const ALARM_MIN_FAILURES = 6;
/**
 * Multiplies stable's share. When both sides fail, the retries of each side's clients differ by such factors, and the
 * gate decides. If stable fails almost nothing, the factor has no effect.
 */
export const ALARM_CONTROL_WEIGHT = 3;
/**
 * If stable answers too few requests to compare with (at 100 %, in the soak), the bad minutes of a neighbour do not
 * cancel. The threshold of an alarm is then multiplied by this factor; below it the gate decides, which knows what
 * stable's own minutes reached (historical-control.ts).
 */
export const ALARM_ALONE_FACTOR = 4;
/**
 * If other services have more than this percentage of a load balancer's requests, its own 5xx can no longer be
 * attributed to the cutover.
 */
export const ALARM_MAX_FOREIGN_PERCENT = 10;
/**
 * Percent of the candidate's requests whose clients may hang up while a stable side is there that may have as many: the
 * ten metrics that an alarm may have do not suffice to ask it. Where the load balancer's own 5xx are fewer than one in
 * {@link ALARM_MOST_UNANSWERED} of the requests without an answer, most of these have another reason altogether
 * (upgraded connections).
 */
export const ALARM_HANG_UPS_PERCENT = 5;
export const ALARM_MOST_UNANSWERED = 2;

/** Counts of one side in one minute; absent metrics count as 0. */
export interface AlarmCounts {
  readonly requests: number;
  readonly target5xx: number;
  readonly connectionErrors: number;
  /** Requests that a target answered, with any status. */
  readonly answered: number;
}

export interface AlarmMinute {
  readonly stable: AlarmCounts;
  readonly candidate: AlarmCounts;
  /** Requests of the whole load balancer, for all services behind it. */
  readonly requests: number;
  /** Requests of the mirror's target groups. @default 0 */
  readonly mirrored?: number;
  /** 5xx answers that the load balancer generated itself. */
  readonly elb5xx: number;
}

/**
 * By how many percentage points the candidate's share of failures exceeds stable's times {@link ALARM_CONTROL_WEIGHT};
 * compared with `errorPercent`. An absent point of stable's 5xx may be zero or late, so its requests without another
 * answer may all have failed. If that leaves too much uncertainty (upgraded connections have no answer that is
 * counted), the candidate is judged as if stable answered nobody.
 */
export function errorExcess({ stable, candidate }: AlarmMinute, burst = 1): number {
  const failing = counted(candidate, candidate.target5xx);
  if (stable.target5xx > 0) return beyond(failing, counted(stable, stable.target5xx), burst, { speaks: true });
  const atMost = Math.max(0, stable.requests - stable.answered);
  return Math.max(beyond(failing, counted(stable, atMost), burst), beyond(failing, NOBODY, burst));
}

/** The same for refused connections; compared with `connectionErrorPercent`. */
export function connectionErrorExcess({ stable, candidate }: AlarmMinute, burst = 1): number {
  return beyond(counted(candidate, 0), counted(stable, 0), burst);
}

/**
 * The same of the load balancer's own 5xx, which have no target group; compared with `elbErrorPercent`. The candidate's
 * requests that no target answered are its own, as far as the load balancer made 5xx; the rest of these are the stable
 * side's. Its 5xx may be other services', and clients hang up: what that explains is left to the gate, which compares
 * the sides. Where no target is left to be asked, health says so.
 */
export function elbErrorExcess({ stable, candidate, requests, mirrored = 0, elb5xx }: AlarmMinute, burst = 1): number {
  const ours = stable.requests + candidate.requests + mirrored;
  if (requests - ours > (ALARM_MAX_FOREIGN_PERCENT / 100) * requests) return 0;
  const open = Math.max(0, candidate.requests - candidate.answered);
  const lost = ALARM_MOST_UNANSWERED * elb5xx < open ? 0 : Math.min(elb5xx, open);
  const others = { exposed: stable.requests, failed: elb5xx - lost };
  return beyond({ exposed: candidate.requests, failed: lost }, others, burst, { allowed: ALARM_HANG_UPS_PERCENT });
}

/** A minute in which the mirror is open: the customers behind it, and those who reach a side directly. */
export interface MirroredMinute {
  readonly mirror: Omit<AlarmCounts, 'answered'>;
  readonly direct: Pick<AlarmCounts, 'requests' | 'target5xx'>;
}

/**
 * By how many percentage points the share of failures behind the mirror exceeds that of other customers times {@link
 * ALARM_CONTROL_WEIGHT}; compared with `errorPercent`. If no 5xx of the others is reported, there may be none or they
 * may be late, and the mirror is judged without a control group.
 */
export function mirrorErrorExcess({ mirror, direct }: MirroredMinute, burst = 1): number {
  const failing = counted(mirror, mirror.target5xx);
  const others = direct.target5xx > 0 ? { exposed: direct.requests, failed: direct.target5xx } : NOBODY;
  return beyond(failing, others, burst);
}

interface Counted {
  readonly exposed: number;
  readonly failed: number;
}
const NOBODY: Counted = { exposed: 0, failed: 0 };

/** Refused connections have failed, too. @param answers the failed ones among the side's answered requests */
function counted(
  { requests, connectionErrors }: Omit<AlarmCounts, 'target5xx' | 'answered'>,
  answers: number,
): Counted {
  return { exposed: requests + connectionErrors, failed: answers + connectionErrors };
}

interface Beside {
  /**
   * Whether fewer requests of the stable side than a ratio asks for excuse the candidate: where they are known to fail,
   * both do.
   * @default false
   */
  readonly speaks?: boolean;
  /** Percentage points that are not held against the candidate while somebody is beside it. @default 0 */
  readonly allowed?: number;
}

function beyond(
  candidate: Counted,
  stable: Counted,
  burst: number,
  { speaks = false, allowed = 0 }: Beside = {},
): number {
  if (candidate.exposed < ALARM_MIN_REQUESTS || candidate.failed < ALARM_MIN_FAILURES * burst) return 0;
  const share = (100 * candidate.failed) / candidate.exposed;
  const alone = share / ALARM_ALONE_FACTOR;
  if (stable.exposed === 0) return alone;
  const beside = share - allowed - (100 * ALARM_CONTROL_WEIGHT * stable.failed) / stable.exposed;
  if (stable.exposed >= ALARM_MIN_REQUESTS) return beside;
  return speaks ? Math.min(alone, beside) : alone;
}

/** A period of a ramp with a constant share of the traffic. */
export interface AlarmExposure {
  /** Requests per minute to the candidate and to stable. */
  readonly candidatePerMinute: number;
  readonly stablePerMinute: number;
  readonly minutes: number;
}

/**
 * An upper bound for the probability that an alarm on a ratio goes red at least once although both sides fail each
 * request independently at `baseRate`: a union bound over the pairs of minutes within three. The binomial tails are
 * exact.
 * @param burst how many failures one cause makes at a time; the causes are independent
 */
export function falseAlarmBound(
  exposures: readonly AlarmExposure[],
  baseRate: number,
  thresholdPercent: number,
  burst = 1,
): number {
  const total = exposures.reduce((sum, exposure) => {
    const once = breachBound(exposure, baseRate, thresholdPercent / 100, burst);
    return sum + 2 * exposure.minutes * once ** 2;
  }, 0);
  return Math.min(1, total);
}

/** Resolution of the search for the level below which the control counts as unusually low. */
const CONTROL_LEVELS = 40;

/**
 * The candidate breaches only if its failures exceed a level plus the threshold, or if the control is below that level.
 */
function breachBound(exposure: AlarmExposure, rate: number, threshold: number, burst: number): number {
  const n = Math.round(exposure.candidatePerMinute / burst);
  const m = Math.round(exposure.stablePerMinute / burst);
  if (exposure.candidatePerMinute < ALARM_MIN_REQUESTS || rate <= 0) return 0;
  const above = (share: number) => atLeast(n, rate, Math.max(ALARM_MIN_FAILURES, Math.floor(n * share) + 1));
  if (exposure.stablePerMinute < ALARM_MIN_REQUESTS) return above(ALARM_ALONE_FACTOR * threshold);
  const levels = Array.from({ length: CONTROL_LEVELS }, (_, i) => (rate * i) / CONTROL_LEVELS);
  return Math.min(
    ...levels.map((level) => above(threshold + level) + (level === 0 ? 0 : atMost(m, rate, Math.floor(m * level)))),
  );
}

/**
 * P(X ≥ k) of a binomial X whose mean is below k. Sums upwards from k, where each term is smaller than the one before.
 */
function atLeast(n: number, p: number, k: number): number {
  if (k > n) return 0;
  if (k <= n * p) return 1;
  let term = pmf(n, p, k);
  let sum = term;
  for (let i = k; i < n && term > sum * Number.EPSILON; i++) {
    term *= (((n - i) / (i + 1)) * p) / (1 - p);
    sum += term;
  }
  return Math.min(1, sum);
}

/** P(X ≤ k) of a binomial X, computed by swapping failures and successes. */
function atMost(n: number, p: number, k: number): number {
  return atLeast(n, 1 - p, n - k);
}

/** P(X = k), by logarithms, because the factors alone would overflow. */
function pmf(n: number, p: number, k: number): number {
  const few = Math.min(k, n - k);
  let log = k * Math.log(p) + (n - k) * Math.log1p(-p);
  for (let i = 1; i <= few; i++) log += Math.log((n - few + i) / i);
  return Math.exp(log);
}
