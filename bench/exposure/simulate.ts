/** One seeded run: minutes of traffic through a ramp, seen late, until the gate gives up or an hour at 100 % is over. */
import type { MinuteEvidence, SideCounts } from '../../core/gate/evidence.ts';
import { binomial, generator } from '../../test/support/random.ts';
import type { Gate } from './gates.ts';
import type { Policy, RampStage } from './policies.ts';
import type { Regression, Trace } from './traces.ts';

/** At the end of minute t the store shows minutes up to t − 1: publication and ingestion take up to a minute. */
const DELAY = 1;
/** From the decision to the weights and back at zero; verified by the minute after. */
const RETURN = 1;
/** What is counted against a policy that stops looking at 100 %: its customers are there for an hour all the same. */
const TAIL = 60;

export interface Outcome {
  readonly aborted: boolean;
  /** The candidate's requests that failed (or were slow, for a slow regression) from the onset to the verified return. */
  readonly failed: number;
  /** Minutes; null when it never came there. */
  readonly toFull: number | null;
}

export interface Cell {
  readonly trace: Trace;
  readonly rps: number;
  readonly regression: Regression | null;
}

export function simulate(cell: Cell, policy: Policy, seed: number): Outcome {
  const random = generator(seed);
  const weather = cell.trace.weather(random, cell.rps);
  const gate: Gate = policy.gate();
  const run: MinuteEvidence[] = [];
  let [failed, index, stageFrom] = [0, 0, 0];
  let [toFull, returnAt] = [null as number | null, Number.POSITIVE_INFINITY];
  for (let minute = 0; ; minute++) {
    const stage = policy.ramp[index] as RampStage;
    const share = stage.percent / 100;
    if (stage.percent === 100 && toFull === null) toFull = minute;
    const { requests, errorRate, slowRate } = weather(minute);
    const excess = excessOf(cell, minute, minute - stageFrom, share);
    const n1 = binomial(random, requests, share);
    const sample = (n: number, errors: number, slow: number): SideCounts => ({
      requests: n,
      target5xx: binomial(random, n, errors),
      connectionErrors: 0,
      slow: binomial(random, n, slow),
    });
    const candidate = sample(n1, errorRate + excess.errors, slowRate + excess.slow);
    run.push({
      minute,
      stable: share < 1 ? sample(requests - n1, errorRate, slowRate) : null,
      candidate,
      elb5xx: 0,
    });
    if (cell.regression !== null && minute >= cell.regression.onset)
      failed += cell.regression.metric === 'errors' ? candidate.target5xx : (candidate.slow ?? 0);
    if (minute >= returnAt) return { aborted: true, failed, toFull };
    const elapsed = minute + 1 - stageFrom;
    const last = index === policy.ramp.length - 1;
    if (last && elapsed >= Math.max(TAIL, stage.bake) && returnAt === Number.POSITIVE_INFINITY)
      return { aborted: false, failed, toFull };
    const looks = !(last && elapsed > stage.bake) && stage.percent >= (policy.from ?? 0);
    const visible = run.length - DELAY;
    const answer =
      looks && returnAt === Number.POSITIVE_INFINITY
        ? gate({
            minute: minute + 1,
            stage: run.slice(stageFrom, Math.max(stageFrom, visible)),
            run: run.slice(0, Math.max(0, visible)),
            percent: stage.percent,
          })
        : 'go';
    const undecided = answer === 'hold' && !last && elapsed >= stage.bake + stage.maxHold;
    if (answer === 'abort' || undecided) returnAt = minute + RETURN;
    else if (answer === 'go' && !last && elapsed >= stage.bake) [index, stageFrom] = [index + 1, minute + 1];
  }
}

export function excessOf(
  { trace, regression }: Cell,
  minute: number,
  sinceShift: number,
  share: number,
): { errors: number; slow: number } {
  const cold = trace.coldStart !== undefined && sinceShift < trace.coldStart.minutes ? trace.coldStart.slow : 0;
  if (regression === null || minute < regression.onset) return { errors: 0, slow: cold };
  const size = regression.excess(minute - regression.onset, share);
  return regression.metric === 'errors' ? { errors: size, slow: cold } : { errors: 0, slow: size + cold };
}
