/**
 * The events of one execution, with the types and in the number that Step Functions would write; its limit is 25,000.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */

export interface HistoryEvent {
  readonly id: number;
  /** Simulated time, in milliseconds since the epoch. */
  readonly at: number;
  readonly type: string;
  /** The state to which it belongs. */
  readonly state: string | null;
  /** What the state was given, if this is its entry. */
  readonly input?: unknown;
}

export const MAX_HISTORY_EVENTS = 25_000;

export class History {
  readonly events: HistoryEvent[] = [];
  readonly #now: () => number;
  #closed = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Writes the last event; later results of tasks in progress are not recorded. */
  close(type: string): void {
    this.add(type);
    this.#closed = true;
  }

  add(type: string, state: string | null = null, input?: unknown): void {
    if (this.#closed) return;
    this.events.push({ id: this.events.length + 1, at: this.#now(), type, state, input });
  }

  /** Runs a task between the events that AWS writes around it. */
  async task<T>(state: string, kind: 'LambdaFunction' | 'Task', run: () => Promise<T>): Promise<T> {
    this.add(`${kind}Scheduled`, state);
    this.add(`${kind}Started`, state);
    try {
      const result = await run();
      this.add(`${kind}Succeeded`, state);
      return result;
    } catch (error) {
      this.add(`${kind}${isTimeOut(error) ? 'TimedOut' : 'Failed'}`, state);
      throw error;
    }
  }
}

function isTimeOut(error: unknown): boolean {
  return error instanceof Error && /^States\.(Heartbeat)?Timeout$/.test(error.name);
}
