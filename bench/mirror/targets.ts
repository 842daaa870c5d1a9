/** The mirror's targets, each with the measured figure. Ratios are taken within a round, so that drift cancels. */
import type { Round } from './rounds.ts';
import type { Soak } from './soak.ts';
import { type Spread, spread } from './statistics.ts';
import { NAMES } from './subjects.ts';

/** Growth within a day that would not matter for a task of 1 GB, in MB. */
const DAY_MB = 16;
/**
 * The bare dispatch loop has none of a proxy's duties: it shows the cost of undici, and is not a proxy to compete with.
 */
const NODE_PROXIES = [NAMES.nodeHttp, NAMES.fastify, NAMES.httpProxy3];

export type Outcome = 'met' | 'MISSED' | 'unclear';

export interface Verdict {
  readonly target: string;
  /** `unclear`: some rounds meet it, others do not. */
  readonly outcome: Outcome;
  readonly seen: string;
}

export function verdicts(rounds: readonly Round[], soak: Soak | null): Verdict[] {
  const ratio = (of: (round: Round) => readonly [number | undefined, number | undefined]) =>
    spread(rounds.map((round) => of(round)).map(([a = Number.NaN, b = Number.NaN]) => a / b));
  const p99 = ratio((r) => [r.get(NAMES.mirrorCopySlow)?.latency.p99, r.get(NAMES.mirrorCopy)?.latency.p99]);
  const p50 = ratio((r) => [r.get(NAMES.mirror)?.latency.p50, r.get(NAMES.nginx)?.latency.p50]);
  // Requests per processor second are the inverse of processor time per request.
  const perCpu = (name: string) =>
    ratio((r) => [r.get(name)?.throughput.cpuMicros, r.get(NAMES.mirror)?.throughput.cpuMicros]);
  const nginx = perCpu(NAMES.nginx);
  return [
    { target: 'p99, shadow 2 s slow ≤ 1.05 × healthy', outcome: atMost(p99, 1.05), seen: text(p99) },
    { target: 'p50 ≤ 2.5 × nginx', outcome: atMost(p50, 2.5), seen: text(p50) },
    { target: 'requests per CPU second ≥ 0.4 × nginx', outcome: atLeast(nginx, 0.4), seen: text(nginx) },
    ...NODE_PROXIES.map((name) => {
      const other = perCpu(name);
      return { target: `requests per CPU second ahead of ${name}`, outcome: atLeast(other, 1), seen: text(other) };
    }),
    ...(soak === null ? [] : [memory(soak)]),
  ];
}

function memory({ dayMb, seconds }: Soak): Verdict {
  const met = dayMb.high <= DAY_MB || (dayMb.low <= 0 && dayMb.high >= 0);
  const seen = `${dayMb.low.toFixed(0)} to ${dayMb.high.toFixed(0)} MB a day (95 %, from the last ${Math.ceil(seconds / 2)} s)`;
  const target = `memory flat: interval holds 0, or < ${DAY_MB} MB a day`;
  return { target, outcome: met ? 'met' : 'MISSED', seen };
}

function atMost({ min, max }: Spread, limit: number): Outcome {
  return max <= limit ? 'met' : min > limit ? 'MISSED' : 'unclear';
}

function atLeast({ min, max }: Spread, limit: number): Outcome {
  return min >= limit ? 'met' : max < limit ? 'MISSED' : 'unclear';
}

function text({ median, min, max }: Spread): string {
  return `${median.toFixed(2)} × (${min.toFixed(2)} to ${max.toFixed(2)})`;
}
