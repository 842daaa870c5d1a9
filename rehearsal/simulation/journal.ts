/** The events of a simulation: lines for people, how often each fault was injected, and who did what. */
import type { SimulatedHandler, Step } from './scenario/index.ts';

export class Journal {
  readonly trace: string[] = [];
  readonly faults: Record<string, number> = {};
  /** How often a call of a handler succeeded, by both names. */
  readonly calls: Record<string, number> = {};
  readonly #now: () => number;
  readonly #start: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#start = now();
  }

  note(text: string): void {
    const seconds = (this.#now() - this.#start) / 1000;
    this.trace.push(`${seconds.toFixed(1).padStart(8)} ${text}`);
  }

  called(handler: SimulatedHandler, step: Step): void {
    const call = `${handler} ${step}`;
    this.calls[call] = (this.calls[call] ?? 0) + 1;
  }

  count(fault: string): void {
    this.faults[fault] = (this.faults[fault] ?? 0) + 1;
  }
}
