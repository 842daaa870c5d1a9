/**
 * The events of one execution, of the types and in the number that Step Functions would write: its limit is 25,000.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */

export interface HistoryEvent {
  readonly id: number;
  /** Virtual time, milliseconds since the epoch. */
  readonly at: number;
  readonly type: string;
  /** The state that it belongs to. */
  readonly state: string | null;
}

export const MAX_HISTORY_EVENTS = 25_000;

export class History {
  readonly events: HistoryEvent[] = [];
  readonly #now: () => number;
  #closed = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The last event; what a task in flight comes to later is not written any more. */
  close(type: string): void {
    this.add(type);
    this.#closed = true;
  }

  add(type: string, state: string | null = null): void {
    if (this.#closed) return;
    this.events.push({ id: this.events.length + 1, at: this.#now(), type, state });
  }

  /** Runs what a task does, between the events that AWS writes around it. */
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
