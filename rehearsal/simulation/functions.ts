/**
 * Lambda in simulated time: invocations in which every call may be given a fate, and which outlive their timeout only
 * while asleep.
 */

import { CrossfadeError } from '../../core/model/index.ts';
import { asError } from '../../input/index.ts';
import { TaskFailure } from './interpreter.ts';
import { drawnFor, type Fate, type SimulatedHandler, type SiteName, type Step } from './scenario/index.ts';
import { copyOf, type Timeline } from './site/index.ts';

/** The functions' timeout (lib/cutover/cutover-functions.ts). */
const TIMEOUT_MS = 60_000;
/** When a client gives up (lambdas/aws/calls/clients.ts: three attempts of three seconds). */
const CLIENT_GIVES_UP_MS = 9_000;
const PAUSE_MS = 600_000;
const FREEZE_MS = 2 * PAUSE_MS;
/** Until a client sends a request again that got no answer. */
const RESENT_MS = 3_000;
const LATEST_MS = 90_000;

export interface InvocationHost {
  readonly seed: number;
  readonly timeline: Timeline;
  /** When the simulation began, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** The fate of the n-th call of this kind. */
  fateOf(site: SiteName, handler: SimulatedHandler, step: Step, nth: number): Fate | null;
  onFault(fate: Fate): void;
  /** Called when a call of the handler succeeded. */
  onCall(handler: SimulatedHandler, step: Step): void;
  /** Called when the handler itself has ended, perhaps long after its caller gave up. */
  onDone(invocation: Invocation): void;
}

/** The cause of a call, for what is known about a trigger from outside. */
export interface FailureCause {
  /** The run to which the trigger refers; null: whichever owns the ingress. */
  readonly execution: string | null;
  /** When the event to which it refers happened, in milliseconds since the epoch. */
  readonly at: number;
}

/** A refusal by AWS that no repetition can fix. */
export class DeniedError extends Error {
  override readonly name = 'AccessDeniedException';

  constructor(step: Step) {
    super(`not authorized to perform: ${step}`);
  }
}

export class Invocation {
  readonly site: SiteName;
  readonly handler: SimulatedHandler;
  readonly cause: FailureCause;
  readonly startedAt: number;
  /** Names of its calls so far, in order. */
  readonly calls: Step[] = [];
  /** The length of the chain of calls up to and including its first write of weights; null before. */
  callsToWrite: number | null = null;
  /** The fates of its calls that did not succeed. */
  readonly fates: Fate[] = [];
  readonly #host: InvocationHost;
  readonly #counts: Map<string, number>;
  readonly #died = Promise.withResolvers<never>();
  /** The longest chain of calls, each of which was made after the previous one had been answered. */
  #answered = 0;
  #alive = true;
  #asleep = false;

  /** `counts`: the number of calls of each kind, over all invocations. */
  constructor(
    host: InvocationHost,
    site: SiteName,
    handler: SimulatedHandler,
    cause: FailureCause,
    counts: Map<string, number>,
  ) {
    this.#host = host;
    this.site = site;
    this.handler = handler;
    this.cause = cause;
    this.startedAt = host.timeline.now();
    this.#counts = counts;
    this.#died.promise.catch(() => {});
  }

  /** Whether any of its calls did not succeed. */
  get disturbed(): boolean {
    return this.fates.length > 0;
  }

  /** @throws TaskFailure as the caller sees it */
  async run(handle: () => Promise<unknown>): Promise<unknown> {
    const { timeline } = this.#host;
    timeline.after(TIMEOUT_MS, () => {
      if (!this.#asleep) this.#alive = false;
      this.#died.reject(new TaskFailure('Sandbox.Timedout', 'Task timed out after 60.00 seconds'));
    });
    await this.#wait(10 + this.#drawn('begin', 0) * 60);
    const result = Promise.resolve()
      .then(handle)
      .then(
        (value: unknown): unknown => (value === undefined ? null : JSON.parse(JSON.stringify(value))),
        (error: unknown) => {
          const { name, message } = asError(error);
          throw new TaskFailure(name, JSON.stringify({ errorMessage: message, errorType: name }));
        },
      );
    void result.catch(() => {}).then(() => this.#host.onDone(this));
    return Promise.race([result, this.#died.promise]);
  }

  sleep(ms: number): Promise<void> {
    return this.#wait(ms);
  }

  /** One call of the handler: `effect` happens at a single instant. */
  async call<T>(step: Step, effect: () => T, stale: () => T = effect): Promise<T> {
    const key = `${this.site} ${this.handler} ${step}`;
    const nth = this.#counts.get(key) ?? 0;
    this.#counts.set(key, nth + 1);
    this.calls.push(step);
    const depth = this.#answered + 1;
    if (step === 'ingress.write') this.callsToWrite ??= depth;
    const fate = this.#host.fateOf(this.site, this.handler, step, nth);
    const latency = 4 + this.#drawn(step, nth) * 50;
    if (fate === null) {
      await this.#wait(latency);
      this.#answered = Math.max(this.#answered, depth);
      const answer = copyOf(effect());
      this.#host.onCall(this.handler, step);
      return answer;
    }
    this.fates.push(fate);
    this.#host.onFault(fate);
    const { timeline } = this.#host;
    switch (fate) {
      case 'throttle':
        await this.#wait(latency);
        throw unanswered(step);
      case 'deny':
        await this.#wait(latency);
        throw new DeniedError(step);
      case 'lose':
        await this.#wait(latency);
        effect();
        await this.#wait(CLIENT_GIVES_UP_MS);
        throw unanswered(step);
      case 'late':
        timeline.after(CLIENT_GIVES_UP_MS + this.#drawn('late', nth) * LATEST_MS, () => void quietly(effect));
        await this.#wait(CLIENT_GIVES_UP_MS);
        throw unanswered(step);
      case 'stale':
        await this.#wait(latency);
        return copyOf(stale());
      case 'crash':
        return this.#crash();
      case 'crash-after':
        await this.#wait(latency);
        quietly(effect);
        return this.#crash();
      case 'resent':
        await this.#wait(latency);
        quietly(effect);
        await this.#wait(RESENT_MS);
        return copyOf(effect());
      case 'pause':
      case 'freeze':
        this.#asleep = true;
        await timeline.sleep(fate === 'pause' ? PAUSE_MS : FREEZE_MS);
        return copyOf(effect());
    }
  }

  #drawn(what: string, nth: number): number {
    return drawnFor(this.#host.seed, `${this.site} ${this.handler} ${what} ${nth} ${this.calls.length}`);
  }

  #crash<T>(): Promise<T> {
    this.#alive = false;
    this.#died.reject(new TaskFailure('Runtime.ExitError', 'RequestId: … Error: Runtime exited'));
    return new Promise(() => {});
  }

  /** A function that has died never learns the result of its call. */
  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#host.timeline.after(ms, () => {
        if (this.#alive) resolve();
      });
    });
  }
}

function unanswered(step: Step): CrossfadeError {
  return new CrossfadeError('Crossfade.Transient', `${step} failed.`, {
    traffic: 'unknown until the weights are read again.',
    nextStep: 'nothing, unless the error repeats.',
  });
}

/** Nobody learns of a refusal that comes late. */
function quietly(effect: () => unknown): void {
  try {
    effect();
  } catch {
    // The caller is gone.
  }
}
