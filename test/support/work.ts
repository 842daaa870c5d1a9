/** Counts work in steps: unlike a time, the number is the same on every machine. */
import { type Profiler, Session } from 'node:inspector';

type Method = (this: never, ...args: never[]) => unknown;
type Count = (self: never, result: unknown) => number;

const lengthOf = (list: readonly unknown[]) => list.length;
const sizeOf = (set: { readonly size: number }) => set.size;
const found = (list: readonly unknown[], at: unknown) => (typeof at === 'number' && at >= 0 ? at : list.length);
const lengthOfResult = (_: never, result: unknown) => (Array.isArray(result) ? result.length : 0);

/** Native methods that walk through a list without running any code of ours. */
const NATIVES: readonly (readonly [prototype: object, name: PropertyKey, count: Count])[] = [
  [Array.prototype, 'indexOf', found],
  [Array.prototype, 'includes', lengthOf],
  [Array.prototype, 'shift', lengthOf],
  [Array.prototype, 'unshift', lengthOf],
  [Array.prototype, 'slice', lengthOfResult],
  [Array.prototype, 'concat', lengthOfResult],
  [Array.prototype, Symbol.iterator, lengthOf],
  [Map.prototype, Symbol.iterator, sizeOf],
  [Set.prototype, Symbol.iterator, sizeOf],
];

export class WorkCounter {
  readonly #session = new Session();
  readonly #undo: (() => void)[] = [];
  #inNatives = 0;

  constructor() {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /**
   * Returns the number of steps that `run` takes: blocks that V8 enters, and elements that native methods walk through.
   */
  of(run: () => unknown): number {
    this.#blocks();
    this.#inNatives = 0;
    for (const [prototype, name, count] of NATIVES) this.#wrap(prototype, name, count);
    try {
      run();
    } finally {
      for (const undo of this.#undo.splice(0)) undo();
    }
    return this.#inNatives + this.#blocks();
  }

  stop(): void {
    this.#session.disconnect();
  }

  /** Returns the number of blocks entered since the last call. */
  #blocks(): number {
    let blocks = 0;
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }: Profiler.TakePreciseCoverageReturnType) => {
      if (error !== null) throw error;
      const counts = result
        .filter(({ url }) => !url.endsWith('/support/work.ts'))
        .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges.map(({ count }) => count)));
      blocks = counts.reduce((sum, count) => sum + count, 0);
    });
    return blocks;
  }

  #wrap(prototype: object, name: PropertyKey, count: Count): void {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    if (descriptor === undefined) throw new Error(`${String(name)} is no method`);
    const native: Method = descriptor.value;
    const add = (steps: number) => {
      this.#inNatives += steps;
    };
    Object.defineProperty(prototype, name, {
      ...descriptor,
      value(this: never, ...args: never[]) {
        const result = native.apply(this, args);
        add(count(this, result));
        return result;
      },
    });
    this.#undo.push(() => Object.defineProperty(prototype, name, descriptor));
  }
}
