/**
 * Simulated time: it runs `speed` times as fast as real time, unless its owner slows it down. It stands still once it
 * has run for longer than its owner granted, so it cannot run ahead of an owner that gets no CPU.
 */

/** Simulated time, which runs `speed` times as fast as real time, and slower while the machine cannot follow. */
export interface VirtualClock {
  /** Simulated time, in milliseconds since the epoch. */
  now(): number;
  /** Simulated seconds per real second when nothing slows it down, ≥ 1. */
  readonly speed: number;
  /** The real duration of `virtualMs` at the usual speed, in milliseconds. */
  toRealMs(virtualMs: number): number;
  /** Acts once, after `virtualMs`. The returned function cancels it. */
  after(virtualMs: number, act: () => void): () => void;
  /** Acts each time that `virtualMs` have passed. The returned function ends it. */
  every(virtualMs: number, tick: () => void): () => void;
  /** Resolves after `virtualMs`. @throws the signal's reason */
  sleep(virtualMs: number, signal?: AbortSignal): Promise<void>;
}

export interface ClockAnchor {
  /** Milliseconds since the epoch. */
  readonly anchor: number;
  readonly speed: number;
}

/** How simulated time runs at present; both instants in milliseconds since the epoch. */
export interface ClockLine {
  readonly real: number;
  readonly simulated: number;
  readonly speed: number;
  /** Real milliseconds after which it stands still. */
  readonly grantedMs: number;
}

/** What another thread needs to tell the time; memory that is shared with the clock where its line may change. */
export type ClockSource = ClockAnchor | SharedArrayBuffer;

/** Longer timers overflow. */
const MAX_TIMER_MS = 2 ** 31 - 1;

function simulatedAt({ real, simulated, speed, grantedMs }: ClockLine, now: number): number {
  return simulated + Math.min(now - real, grantedMs) * speed;
}

function straight({ anchor, speed }: ClockAnchor): ClockLine {
  return { real: anchor, simulated: anchor, speed, grantedMs: Number.POSITIVE_INFINITY };
}

const FIELDS = 4;
/** A reader would have to sleep through this many changes to see half of one. */
const SLOTS = 64;
const HEADER_BYTES = 8;

/** The present line, in memory that threads share. */
class SharedLine {
  readonly buffer: SharedArrayBuffer;
  readonly #count: Int32Array;
  readonly #slots: Float64Array;

  constructor(buffer = new SharedArrayBuffer(HEADER_BYTES + SLOTS * FIELDS * Float64Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#count = new Int32Array(buffer, 0, 1);
    this.#slots = new Float64Array(buffer, HEADER_BYTES);
  }

  write({ real, simulated, speed, grantedMs }: ClockLine): void {
    const next = Atomics.load(this.#count, 0) + 1;
    this.#slots.set([real, simulated, speed, grantedMs], (next % SLOTS) * FIELDS);
    Atomics.store(this.#count, 0, next);
  }

  read(): ClockLine {
    const at = (Atomics.load(this.#count, 0) % SLOTS) * FIELDS;
    const [real = 0, simulated = 0, speed = 0, grantedMs = 0] = this.#slots.subarray(at, at + FIELDS);
    return { real, simulated, speed, grantedMs };
  }
}

/** @param realNow for threads whose `Date` is simulated */
export function clockReader(source: ClockSource, realNow: () => number = Date.now): () => number {
  if (!(source instanceof SharedArrayBuffer)) return () => Math.round(simulatedAt(straight(source), realNow()));
  const shared = new SharedLine(source);
  return () => Math.round(simulatedAt(shared.read(), realNow()));
}

export class ScaledClock implements VirtualClock {
  readonly speed: number;
  readonly anchor: number;
  readonly #shared = new SharedLine();
  #line: ClockLine;
  readonly #timers = new Set<VirtualTimer>();

  constructor({ anchor, speed }: ClockAnchor) {
    this.anchor = anchor;
    this.speed = speed;
    this.#line = straight({ anchor, speed });
    this.#shared.write(this.#line);
  }

  /** How it runs at present. */
  get line(): ClockLine {
    return this.#line;
  }

  /** For other threads. */
  get source(): ClockSource {
    return this.#shared.buffer;
  }

  now(): number {
    return Math.round(simulatedAt(this.#line, Date.now()));
  }

  toRealMs(virtualMs: number): number {
    return virtualMs / this.speed;
  }

  /** From now on it runs at this speed, for as long as is granted. */
  run(speed: number, grantedMs: number): void {
    const real = Date.now();
    const faster = speed > this.#line.speed;
    // A real clock that was set back must not take simulated time with it.
    const simulated = Math.max(this.#line.simulated, simulatedAt(this.#line, real));
    this.#line = { real, simulated, speed, grantedMs };
    this.#shared.write(this.#line);
    if (faster) for (const timer of this.#timers) timer.arm();
  }

  after(virtualMs: number, act: () => void): () => void {
    return this.#timer(virtualMs, act, null);
  }

  every(virtualMs: number, tick: () => void): () => void {
    return this.#timer(virtualMs, tick, virtualMs);
  }

  async sleep(virtualMs: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const cancel = this.after(virtualMs, resolve);
    const abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await promise;
    } finally {
      cancel();
      signal?.removeEventListener('abort', abort);
    }
  }

  #timer(virtualMs: number, act: () => void, period: number | null): () => void {
    const timer = new VirtualTimer(this, this.now() + virtualMs, act, period);
    timer.ended = () => this.#timers.delete(timer);
    this.#timers.add(timer);
    timer.arm();
    return () => timer.cancel();
  }
}

/** Waits for a simulated instant, however often the clock's speed changes meanwhile. */
class VirtualTimer {
  ended = (): unknown => null;
  readonly #clock: ScaledClock;
  readonly #act: () => void;
  readonly #period: number | null;
  #due: number;
  #timeout: NodeJS.Timeout | undefined;
  #cancelled = false;

  constructor(clock: ScaledClock, due: number, act: () => void, period: number | null) {
    this.#clock = clock;
    this.#due = due;
    this.#act = act;
    this.#period = period;
  }

  arm(): void {
    clearTimeout(this.#timeout);
    const ms = Math.ceil((this.#due - this.#clock.now()) / this.#clock.line.speed);
    this.#timeout = setTimeout(() => this.#fire(), Math.min(Math.max(ms, 0), MAX_TIMER_MS));
  }

  cancel(): void {
    this.#cancelled = true;
    clearTimeout(this.#timeout);
    this.ended();
  }

  #fire(): void {
    const now = this.#clock.now();
    if (now < this.#due) {
      this.arm();
      return;
    }
    if (this.#period === null) this.cancel();
    // A tick that is late by more than its period does not come twice.
    else this.#due = Math.max(this.#due, now - this.#period) + this.#period;
    this.#act();
    if (this.#period !== null && !this.#cancelled) this.arm();
  }
}
