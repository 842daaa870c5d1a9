/**
 * A deterministic scheduler: actors run the real procedures on a {@link MemoryWorld}, and every port call waits for its
 * turn. A schedule is a list of choices. The same choices give the same run, so all schedules can be tried.
 */
import type { Capacity, Executions, Ingress, Leases } from '../../core/model/ports.ts';
import { MemoryWorld } from '../support/memory-world.ts';

/**
 * What happens to the call whose turn it is. `crash` ends its actor before the effect, `crash-after` after it;
 * `throttle` throws without an effect, `lose` throws after it; `late` throws now, and the effect comes at a later step;
 * `stale` answers a read of the listener with its state before the last write.
 */
export type Fate = 'pass' | 'crash' | 'crash-after' | 'throttle' | 'lose' | 'late' | 'stale';

export interface Choice {
  readonly actor: number;
  readonly fate: Fate;
}

export type Actor = (world: MemoryWorld) => Promise<unknown>;

/** Effects that come late take turns like actors, numbered from here. */
const LATE = 1_000;

interface Waiting {
  readonly step: string;
  go(fate: Fate): void;
}

export interface Bounds {
  /** Maximum number of calls that do not pass. */
  readonly faults: number;
  readonly fates: readonly Fate[];
  /**
   * Whether reads of the listener and calls to executions and capacity take turns too. Without them, there are few
   * enough schedules to try them all.
   */
  readonly readsTakeTurns: boolean;
}

export interface RunResult {
  readonly world: MemoryWorld;
  /** What was done, for the message of a failure. */
  readonly trace: readonly string[];
  /** The actors that could have gone, at each step. */
  readonly options: readonly (readonly number[])[];
}

/** Longer than any schedule of the actors used here: reaching it is an error. */
const MAX_STEPS = 400;

/** Runs the actors. At each step `choose` decides which of the waiting actors goes, and what happens to its call. */
export async function runSchedule(
  actors: readonly Actor[],
  prepare: (world: MemoryWorld) => void,
  { readsTakeTurns }: Pick<Bounds, 'readsTakeTurns'>,
  choose: (waiting: readonly number[], step: number) => Choice,
): Promise<RunResult> {
  const world = new MemoryWorld();
  prepare(world);
  const waiting = new Map<number, Waiting>();
  const trace: string[] = [];
  const options: number[][] = [];
  const written: Written = { before: world.live, late: 0 };
  for (const [i, actor] of actors.entries())
    void actor(scheduled(world, i, waiting, readsTakeTurns, written)).catch(() => {});
  for (let step = 0; step < MAX_STEPS; step++) {
    await turn();
    const ready = [...waiting.keys()].sort((a, b) => a - b);
    if (ready.length === 0) return { world, trace, options };
    options.push(ready);
    const { actor, fate } = choose(ready, step);
    const call = waiting.get(actor);
    if (call === undefined) throw new Error(`actor ${actor} does not wait`);
    waiting.delete(actor);
    trace.push(`${actor}:${call.step}${fate === 'pass' ? '' : `!${fate}`}`);
    call.go(fate);
  }
  throw new Error(`more than ${MAX_STEPS} steps: ${trace.slice(-20).join(' ')}`);
}

/** State that all actors of one schedule share, besides the world. */
interface Written {
  /** Live weights before the last write. */
  before: MemoryWorld['live'];
  /** Number of calls so far whose effect comes late. */
  late: number;
}

/** The world as one actor sees it: shared state, with every call behind the scheduler. */
function scheduled(
  world: MemoryWorld,
  actor: number,
  waiting: Map<number, Waiting>,
  readsTakeTurns: boolean,
  written: Written,
): MemoryWorld {
  const gate = <T>(step: string, effect: () => Promise<T>, stale: () => Promise<T> = effect): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const go = (fate: Fate) => {
        // A crashed actor never learns the result of its call.
        if (fate === 'crash') return;
        if (fate === 'throttle') {
          reject(new Error('throttled'));
          return;
        }
        if (fate === 'late') {
          waiting.set(LATE + written.late++, { step: `${step} (late)`, go: () => void effect().catch(() => {}) });
          reject(new Error('timed out'));
          return;
        }
        (fate === 'stale' ? stale : effect)().then(
          (value) => {
            if (fate === 'lose') reject(new Error('the answer was lost'));
            else if (fate !== 'crash-after') resolve(value);
          },
          (error: unknown) => {
            if (fate !== 'crash-after') reject(error);
          },
        );
      };
      // Concurrent calls of one actor (two rules) queue up.
      const before = waiting.get(actor);
      const mine: Waiting = { step, go };
      if (before === undefined) waiting.set(actor, mine);
      else waiting.set(actor, chain(before, mine, waiting, actor));
    });
  const { ingress, ledger } = world;
  const gatedIngress: Ingress = {
    read: () =>
      readsTakeTurns
        ? gate(
            'read',
            () => ingress.read(),
            async () => written.before,
          )
        : ingress.read(),
    write: (rule, purpose) =>
      gate(`write ${rule.ruleArn}`, () => {
        written.before = world.live;
        return ingress.write(rule, purpose);
      }),
    health: (role) => ingress.health(role),
  };
  const gatedLedger: Leases = {
    ...ledger,
    read: (id) => gate('readLedger', () => ledger.read(id)),
    recordIntent: (ref, intent, progress) => gate('recordIntent', () => ledger.recordIntent(ref, intent, progress)),
    replaceIntent: (ref, intent, expected) => gate('replaceIntent', () => ledger.replaceIntent(ref, intent, expected)),
    confirmIntent: (ref, intent) => gate('confirmIntent', () => ledger.confirmIntent(ref, intent)),
    fence: (id, request) => gate('fence', () => ledger.fence(id, request)),
    confirmRollback: (ref, at) => gate('confirmRollback', () => ledger.confirmRollback(ref, at)),
  };
  if (!readsTakeTurns) return Object.assign(Object.create(world), { ingress: gatedIngress, ledger: gatedLedger });
  const { executions, capacity } = world;
  const gatedExecutions: Executions = {
    stateOf: (arn) => gate('stateOf', () => executions.stateOf(arn)),
    stop: (arn, reason) => gate('stop', () => executions.stop(arn, reason)),
    carried: (since) => gate('carried', () => executions.carried(since)),
  };
  const gatedCapacity: Capacity = {
    ...capacity,
    scaleStable: (desired) => gate('scaleStable', () => capacity.scaleStable(desired)),
    release: (snapshot) => gate('release', () => capacity.release(snapshot)),
  };
  return Object.assign(Object.create(world), {
    ingress: gatedIngress,
    ledger: gatedLedger,
    executions: gatedExecutions,
    capacity: gatedCapacity,
  });
}

function chain(first: Waiting, second: Waiting, waiting: Map<number, Waiting>, actor: number): Waiting {
  return {
    step: first.step,
    go(fate) {
      // A crash drops the calls queued behind it.
      if (fate !== 'crash' && fate !== 'crash-after') waiting.set(actor, second);
      first.go(fate);
    },
  };
}

/** Lets every microtask run. Afterwards each live actor waits or has ended. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Runs every schedule within the bounds and calls `check` for each. @returns the number of schedules */
export async function exhaust(
  actors: readonly Actor[],
  prepare: (world: MemoryWorld) => void,
  bounds: Bounds,
  check: (result: RunResult) => Promise<void>,
): Promise<number> {
  let schedules = 0;
  const prefixes: Choice[][] = [[]];
  for (let prefix = prefixes.pop(); prefix !== undefined; prefix = prefixes.pop()) {
    const taken = prefix;
    const made: Choice[] = [];
    const result = await runSchedule(actors, prepare, bounds, (ready, step) => {
      const choice = taken[step] ?? { actor: ready[0] ?? 0, fate: 'pass' as const };
      made.push(choice);
      return choice;
    });
    schedules++;
    await check(result);
    for (let step = made.length - 1; step >= taken.length; step--) {
      const before = made.slice(0, step);
      const used = before.filter((c) => c.fate !== 'pass').length;
      const here = result.options[step] ?? [];
      for (const actor of here) {
        if (actor !== here[0]) prefixes.push([...before, { actor, fate: 'pass' }]);
        if (used < bounds.faults && actor < LATE)
          for (const fate of bounds.fates) prefixes.push([...before, { actor, fate }]);
      }
    }
  }
  return schedules;
}
