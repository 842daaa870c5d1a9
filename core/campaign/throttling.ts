/** Cutovers against the shared limits, second by second: who is throttled, and when the last of those that go back is safe. */
import {
  BUCKET_IDS,
  BUCKETS,
  type BucketId,
  CALLS_AT_REST,
  CALLS_OF_LOOK,
  CALLS_OF_RETURN,
  CALLS_OF_WATCHDOG,
  type Calls,
  callsOf,
  RULES_OF_CUTOVER,
} from './buckets.ts';

export interface Throttled {
  /** Calls a minute of each bucket, those that were tried again included. */
  readonly callsPerMinute: Calls;
  /** Share of the calls that were refused. */
  readonly refused: Calls;
  /** Seconds from the instant at which all go back to the safe weights of the last one; null: not within the simulated time. */
  readonly lastSafeAfter: number | null;
}

export interface ThrottlingScenario {
  /** Cutovers under way at once, in one region of one account. */
  readonly atOnce: number;
  /** Services beside them whose watchdogs look. */
  readonly atRest: number;
  /** All of them go back at this second. */
  readonly returnAt: number;
  readonly seconds: number;
  /** Uniform on [0, 1). */
  readonly random: () => number;
}

/** The SDK's attempts (lambdas/aws/calls/clients.ts), a second apart here: its own pauses are shorter. */
const ATTEMPTS = 3;
/** A rollback that failed is called again by the watchdog, and by Lambda's own retry. */
const AGAIN_SECONDS = 60;
/**
 * An alarm calls the rollback directly and through EventBridge, and the end of the execution calls it again; each writes, for none
 * may trust another. Seconds after what they speak of.
 */
const TRIGGER_SECONDS = [0, 2, 4];

interface Call {
  readonly bucket: BucketId;
  readonly attempt: number;
  readonly onAnswer: (second: number, answered: boolean) => void;
}

/** Pure: the same random numbers give the same answer. */
export function simulateThrottling({ atOnce, atRest, returnAt, seconds, random }: ThrottlingScenario): Throttled {
  const due = new Map<number, Call[]>();
  const at = (second: number, call: Call): void => {
    const calls = due.get(second);
    if (calls === undefined) due.set(second, [call]);
    else calls.push(call);
  };
  const looking = (calls: Calls, second: number) => {
    for (const bucket of BUCKET_IDS)
      for (let i = 0; i < calls[bucket]; i++) at(second, { bucket, attempt: 1, onAnswer: () => {} });
  };
  let safe = 0;
  let lastSafe: number | null = null;
  const goBack = () => {
    const written = new Set<number>();
    const write = (rule: number, second: number): void =>
      at(second, {
        bucket: 'modifyRule',
        attempt: 1,
        onAnswer: (now, answered) => {
          if (!answered) return write(rule, now + AGAIN_SECONDS);
          if (written.size < RULES_OF_CUTOVER && written.add(rule).size === RULES_OF_CUTOVER) {
            safe++;
            lastSafe = now;
          }
        },
      });
    for (const delay of TRIGGER_SECONDS) {
      const second = returnAt + delay + Math.floor(random() * 2);
      for (let rule = 0; rule < RULES_OF_CUTOVER; rule++) write(rule, second);
      for (let i = 0; i < CALLS_OF_RETURN; i++) at(second, { bucket: 'describeRules', attempt: 1, onAnswer: () => {} });
    }
  };
  for (let i = 0; i < atOnce; i++) {
    const [look, watchdog] = [Math.floor(random() * 60), Math.floor(random() * 60)];
    for (let minute = 0; minute < seconds; minute += 60) {
      // After the return nobody looks at the stages any more; the watchdog does.
      if (minute + look < returnAt) looking(CALLS_OF_LOOK, minute + look);
      looking(CALLS_OF_WATCHDOG, minute + watchdog);
    }
    goBack();
  }
  for (let i = 0; i < atRest; i++) {
    const watchdog = Math.floor(random() * 60);
    for (let minute = 0; minute < seconds; minute += 60) looking(CALLS_AT_REST, minute + watchdog);
  }
  const tokens = callsOf((id) => BUCKETS[id].capacity);
  const [made, refused] = [callsOf(() => 0), callsOf(() => 0)];
  for (let second = 0; second < seconds; second++) {
    for (const id of BUCKET_IDS) tokens[id] = Math.min(BUCKETS[id].capacity, tokens[id] + BUCKETS[id].perSecond);
    for (const call of shuffled(due.get(second) ?? [], random)) {
      made[call.bucket]++;
      if (tokens[call.bucket] >= 1) {
        tokens[call.bucket]--;
        call.onAnswer(second, true);
      } else {
        refused[call.bucket]++;
        if (call.attempt < ATTEMPTS) at(second + 1, { ...call, attempt: call.attempt + 1 });
        else call.onAnswer(second, false);
      }
    }
    due.delete(second);
  }
  return {
    callsPerMinute: callsOf((id) => (made[id] * 60) / seconds),
    refused: callsOf((id) => (made[id] === 0 ? 0 : refused[id] / made[id])),
    lastSafeAfter: safe < atOnce || lastSafe === null ? null : lastSafe - returnAt,
  };
}

/** Who comes first within a second is chance. */
function shuffled(calls: readonly Call[], random: () => number): Call[] {
  return calls
    .map((call) => [random(), call] as const)
    .sort(([a], [b]) => a - b)
    .map(([, call]) => call);
}
