/**
 * Tasks that wait for a token: created here, answered through the API, and timed out in simulated time.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
 */
import { randomUUID } from 'node:crypto';
import { FunctionError } from '../lambda/index.ts';
import { CloudError } from '../wire/index.ts';

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly beat: () => void;
}

export interface TokenLimits {
  /** Real milliseconds. @default none */
  readonly timeoutMs?: number | undefined;
  /** Real milliseconds between two heartbeats. @default none */
  readonly heartbeatMs?: number | undefined;
}

/** Longer timers overflow; nothing waits 24 real days here. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export class TaskTokens {
  readonly #waiting = new Map<string, Waiting>();
  readonly #closed = new Set<string>();

  /**
   * Passes a new token to `submit` and resolves with the answer to it. The task ends with the answer, whether or not
   * the submitted function has returned.
   * @throws FunctionError of the answer, of `submit`, or `States.Timeout`
   */
  async wait(limits: TokenLimits, submit: (token: string) => Promise<unknown>, signal: AbortSignal): Promise<unknown> {
    const token = randomUUID();
    const timers: NodeJS.Timeout[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const expire = (why: string) => () => reject(new FunctionError(why, ''));
    const start = (ms: number | undefined, why: string) => {
      if (ms === undefined) return;
      timers.push(setTimeout(expire(why), Math.min(ms, MAX_TIMER_MS)));
    };
    let heartbeat: NodeJS.Timeout | undefined;
    const beat = () => {
      clearTimeout(heartbeat);
      if (limits.heartbeatMs !== undefined)
        heartbeat = setTimeout(expire('States.HeartbeatTimeout'), Math.min(limits.heartbeatMs, MAX_TIMER_MS));
    };
    const abort = () => reject(new FunctionError('States.Aborted', ''));
    this.#waiting.set(token, { resolve, reject, beat });
    start(limits.timeoutMs, 'States.Timeout');
    beat();
    signal.addEventListener('abort', abort, { once: true });
    try {
      submit(token).catch(reject);
      return await promise;
    } finally {
      this.#waiting.delete(token);
      this.#closed.add(token);
      for (const timer of timers) clearTimeout(timer);
      clearTimeout(heartbeat);
      signal.removeEventListener('abort', abort);
    }
  }

  /** @throws CloudError for a token for which nothing waits */
  succeed(token: string, output: string): void {
    const { resolve } = this.#find(token);
    try {
      resolve(JSON.parse(output));
    } catch {
      throw new CloudError('InvalidOutput', 'the output is not JSON');
    }
  }

  /** @throws CloudError for a token for which nothing waits */
  fail(token: string, error: string, cause: string): void {
    this.#find(token).reject(new FunctionError(error, cause));
  }

  /** @throws CloudError for a token for which nothing waits */
  heartbeat(token: string): void {
    this.#find(token).beat();
  }

  #find(token: string): Waiting {
    const waiting = this.#waiting.get(token);
    if (waiting !== undefined) return waiting;
    if (this.#closed.has(token))
      throw new CloudError('TaskTimedOut', 'Task Timed Out: Provided task does not exist anymore');
    throw new CloudError('InvalidToken', "Invalid Token: 'Invalid token'");
  }
}
