/**
 * Simulates cutovers against the shared limits, second by second: which calls are throttled, and when the last rollback
 * has safe weights.
 */
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
  /** Calls per minute of each bucket, including retries. */
  readonly callsPerMinute: Calls;
  /** Share of the calls that were throttled. */
  readonly refused: Calls;
  /**
   * Seconds from the moment when all roll back until the last one has its safe weights; null if that exceeds the
   * simulated time.
   */
  readonly lastSafeAfter: number | null;
}

export interface ThrottlingScenario {
  /** Cutovers in progress at once, in one region of one account. */
  readonly atOnce: number;
  /** Other services whose watchdogs run. */
  readonly atRest: number;
  /** The second at which all of them roll back. */
  readonly returnAt: number;
  readonly seconds: number;
  /** Uniform on [0, 1). */
  readonly random: () => number;
}

/**
 * Attempts of the SDK (lambdas/aws/calls/clients.ts). Here they are a second apart; the SDK's own pauses are shorter.
 */
const ATTEMPTS = 3;
/** The watchdog repeats a rollback that failed, and so does Lambda's own retry. */
const AGAIN_SECONDS = 60;
/**
 * An alarm calls the rollback directly and through EventBridge, and the end of the execution calls it again. Each of
 * them writes, because none can rely on another. In seconds after the event.
 */
const TRIGGER_SECONDS = [0, 2, 4];
const READINGS_OF_RETURN = callsOf((id) => (id === 'describeRules' ? CALLS_OF_RETURN : 0));

interface Call {
  readonly bucket: BucketId;
  readonly attempt: number;
  readonly onAnswer: (second: number, answered: boolean) => void;
}

/** Calls by the second in which they are made. */
class Timetable {
  readonly #due = new Map<number, Call[]>();

  add(second: number, call: Call): void {
    const calls = this.#due.get(second);
    if (calls === undefined) this.#due.set(second, [call]);
    else calls.push(call);
  }

  /** Adds calls whose answer changes nothing. */
  addReadings(second: number, readings: Calls): void {
    for (const bucket of BUCKET_IDS)
      for (let i = 0; i < readings[bucket]; i++) this.add(second, { bucket, attempt: 1, onAnswer: () => {} });
  }

  /** The calls of a second in order of arrival, which is random within the second. */
  take(second: number, random: () => number): readonly Call[] {
    const calls = this.#due.get(second) ?? [];
    this.#due.delete(second);
    for (let last = calls.length - 1; last > 0; last--) {
      const other = Math.floor(random() * (last + 1));
      [calls[last], calls[other]] = [calls[other], calls[last]] as [Call, Call];
    }
    return calls;
  }
}

/** Pure: the same random numbers give the same result. */
export function simulateThrottling({ atOnce, atRest, returnAt, seconds, random }: ThrottlingScenario): Throttled {
  const timetable = new Timetable();
  const minutes = Array.from({ length: Math.ceil(seconds / 60) }, (_, minute) => minute * 60);
  const returns: (() => number | null)[] = [];
  for (let i = 0; i < atOnce; i++) {
    const [look, watchdog] = [Math.floor(random() * 60), Math.floor(random() * 60)];
    for (const minute of minutes) {
      // After the rollback the stages are no longer evaluated, but the watchdog still runs.
      if (minute + look < returnAt) timetable.addReadings(minute + look, CALLS_OF_LOOK);
      timetable.addReadings(minute + watchdog, CALLS_OF_WATCHDOG);
    }
    returns.push(addReturn(timetable, returnAt, random));
  }
  for (let i = 0; i < atRest; i++) {
    const watchdog = Math.floor(random() * 60);
    for (const minute of minutes) timetable.addReadings(minute + watchdog, CALLS_AT_REST);
  }
  const { made, refused } = answerCalls(timetable, seconds, random);
  const safeAt = returns.map((of) => of());
  return {
    callsPerMinute: callsOf((id) => (made[id] * 60) / seconds),
    refused: callsOf((id) => (made[id] === 0 ? 0 : refused[id] / made[id])),
    lastSafeAfter: safeAt.reduce<number | null>(
      (last, at) => (last === null || at === null ? null : Math.max(last, at - returnAt)),
      0,
    ),
  };
}

/**
 * Rolls one cutover back.
 * @returns a function that gives the second in which its weights were safe, once everything is answered; null if never
 */
function addReturn(timetable: Timetable, returnAt: number, random: () => number): () => number | null {
  const written = new Map<number, number>();
  const write = (rule: number, second: number): void =>
    timetable.add(second, {
      bucket: 'modifyRule',
      attempt: 1,
      onAnswer: (now, answered) => {
        if (!answered) write(rule, now + AGAIN_SECONDS);
        else if (!written.has(rule)) written.set(rule, now);
      },
    });
  for (const delay of TRIGGER_SECONDS) {
    const second = returnAt + delay + Math.floor(random() * 2);
    for (let rule = 0; rule < RULES_OF_CUTOVER; rule++) write(rule, second);
    timetable.addReadings(second, READINGS_OF_RETURN);
  }
  return () => (written.size < RULES_OF_CUTOVER ? null : Math.max(...written.values()));
}

/**
 * Each bucket answers while it has tokens. A throttled call is repeated a second later until its attempts are used up.
 */
function answerCalls(timetable: Timetable, seconds: number, random: () => number) {
  const tokens = callsOf((id) => BUCKETS[id].capacity);
  const [made, refused] = [callsOf(() => 0), callsOf(() => 0)];
  for (let second = 0; second < seconds; second++) {
    for (const id of BUCKET_IDS) tokens[id] = Math.min(BUCKETS[id].capacity, tokens[id] + BUCKETS[id].perSecond);
    for (const call of timetable.take(second, random)) {
      made[call.bucket]++;
      if (tokens[call.bucket] >= 1) {
        tokens[call.bucket]--;
        call.onAnswer(second, true);
      } else {
        refused[call.bucket]++;
        if (call.attempt < ATTEMPTS) timetable.add(second + 1, { ...call, attempt: call.attempt + 1 });
        else call.onAnswer(second, false);
      }
    }
  }
  return { made, refused };
}
