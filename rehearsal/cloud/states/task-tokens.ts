/**
 * Tasks that wait for a token: created here, answered through the API, and timed out in simulated time.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
 */
import { randomUUID } from 'node:crypto';
import type { VirtualClock } from '../../clock/index.ts';
import { FunctionError } from '../lambda/index.ts';
import { CloudError } from '../wire/index.ts';

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly beat: () => void;
}

export interface TokenLimits {
  /** @default none */
  readonly timeoutSeconds?: number | undefined;
  /** Between two heartbeats. @default none */
  readonly heartbeatSeconds?: number | undefined;
}

export class TaskTokens {
  readonly #waiting = new Map<string, Waiting>();
  readonly #closed = new Set<string>();
  readonly #clock: Pick<VirtualClock, 'after'>;

  constructor(clock: Pick<VirtualClock, 'after'>) {
    this.#clock = clock;
  }

  /**
   * Passes a new token to `submit` and resolves with the answer to it. The task ends with the answer, whether or not
   * the submitted function has returned.
   * @throws FunctionError of the answer, of `submit`, or `States.Timeout`
   */
  async wait(limits: TokenLimits, submit: (token: string) => Promise<unknown>, signal: AbortSignal): Promise<unknown> {
    const token = randomUUID();
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const expire = (why: string) => () => reject(new FunctionError(why, ''));
    const start = (seconds: number | undefined, why: string) =>
      seconds === undefined ? () => {} : this.#clock.after(seconds * 1000, expire(why));
    const cancelTimeout = start(limits.timeoutSeconds, 'States.Timeout');
    let cancelHeartbeat = () => {};
    const beat = () => {
      cancelHeartbeat();
      cancelHeartbeat = start(limits.heartbeatSeconds, 'States.HeartbeatTimeout');
    };
    const abort = () => reject(new FunctionError('States.Aborted', ''));
    this.#waiting.set(token, { resolve, reject, beat });
    beat();
    signal.addEventListener('abort', abort, { once: true });
    try {
      submit(token).catch(reject);
      return await promise;
    } finally {
      this.#waiting.delete(token);
      this.#closed.add(token);
      cancelTimeout();
      cancelHeartbeat();
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
