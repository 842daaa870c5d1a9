/** What happened in a simulation: lines for people, and how often which fault met it. */
export class Journal {
  readonly trace: string[] = [];
  readonly faults: Record<string, number> = {};
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

  count(fault: string): void {
    this.faults[fault] = (this.faults[fault] ?? 0) + 1;
  }
}
