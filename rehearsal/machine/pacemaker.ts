/**
 * Slows simulated time down while the machine cannot follow it, so that a simulated minute always has its requests, its
 * evaluations and its health checks. Time also stands still while this process gets no CPU at all.
 */
import { cpus } from 'node:os';
import type { ScaledClock } from '../clock/index.ts';

const BEAT_MS = 100;
/** Without a beat for so long, simulated time stands still. */
const GRANT_MS = 300;
/** The speed is chosen anew after so many beats. */
const BEATS_A_CHOICE = 5;
/** A handler may take so many simulated seconds before time runs like in AWS, where a handler's second is a second. */
const HANDLER_SECONDS = 20;
/** Real time of a handler's work that is allowed at any speed. */
const HANDLER_MS = 250;
/** Shares of the time since the last choice above which the machine is too slow. */
const BEARABLE = { late: 0.5, waited: 0.25, worked: 0.3 } as const;
/** A machine with more idle time than this is not what customers wait for. */
const SPARE = 0.1;
const SLOWER = 0.7;
const FASTER = 1.15;
/** Simulated seconds per real second that are never undercut. */
const LEAST_SPEED = 2;
/** Late looks alone are no reason for less: time stands still meanwhile, and the work may well be done. */
const LEAST_SPEED_IF_LATE = 10;
/** Below this share of the usual speed people are told, but not again at once. */
const TOLD_BELOW = 0.67;
const TOLD_AGAIN_MS = 30_000;

export interface PacemakerOptions {
  readonly clock: ScaledClock;
  /** The speed at the beginning. */
  readonly speed: number;
  /** Real milliseconds that the longest of the present invocations has lasted. */
  readonly longestMs: () => number;
  /** Idle milliseconds of each processor. @default those of this machine */
  readonly idleMs?: () => readonly number[];
  /** Called from time to time while time runs clearly slower than usual. */
  readonly onSlow: (speed: number) => void;
}

export class Pacemaker {
  readonly #options: PacemakerOptions;
  readonly #timer: NodeJS.Timeout;
  #speed: number;
  #toldAt = Number.NEGATIVE_INFINITY;
  #last = performance.now();
  #chosenAt = this.#last;
  readonly #idleMs: () => readonly number[];
  #idle: number;
  #beats = 0;
  #lateMs = 0;
  #workedBeats = 0;
  #waitedMs = 0;

  constructor(options: PacemakerOptions) {
    this.#options = options;
    this.#speed = options.speed;
    this.#idleMs = options.idleMs ?? idleOfThisMachine;
    this.#idle = sum(this.#idleMs());
    options.clock.run(options.speed, GRANT_MS);
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
  }

  /** @param ms real time for which a customer waited because all others were waiting for an answer */
  customersWaited(ms: number): void {
    this.#waitedMs += ms;
  }

  /** From here on time runs at the last speed. */
  stop(): void {
    clearInterval(this.#timer);
    this.#options.clock.run(this.#speed, Number.POSITIVE_INFINITY);
  }

  #beat(): void {
    const { clock, longestMs } = this.#options;
    const now = performance.now();
    this.#lateMs += Math.max(0, now - this.#last - BEAT_MS);
    this.#last = now;
    const works = longestMs() > Math.max(HANDLER_MS, (HANDLER_SECONDS * 1000) / this.#speed);
    if (works) this.#workedBeats++;
    if (++this.#beats === BEATS_A_CHOICE) this.#choose(now);
    clock.run(works ? Math.min(1, this.#speed) : this.#speed, GRANT_MS);
  }

  #choose(now: number): void {
    const { clock } = this.#options;
    const span = now - this.#chosenAt;
    const each = this.#idleMs();
    const idle = sum(each);
    const spare = (idle - this.#idle) / (span * Math.max(1, each.length));
    const behind =
      this.#workedBeats > BEARABLE.worked * this.#beats || (this.#waitedMs > BEARABLE.waited * span && spare < SPARE);
    const least = behind ? LEAST_SPEED : this.#lateMs > BEARABLE.late * span ? LEAST_SPEED_IF_LATE : null;
    this.#speed =
      least === null || this.#speed < least
        ? Math.min(clock.speed, this.#speed * FASTER)
        : Math.min(clock.speed, Math.max(least, this.#speed * SLOWER));
    this.#chosenAt = now;
    this.#idle = idle;
    this.#beats = this.#lateMs = this.#workedBeats = this.#waitedMs = 0;
    this.#tell(now);
  }

  #tell(now: number): void {
    const { clock, onSlow } = this.#options;
    if (this.#speed >= clock.speed * TOLD_BELOW || now < this.#toldAt + TOLD_AGAIN_MS) return;
    this.#toldAt = now;
    onSlow(this.#speed);
  }
}

function idleOfThisMachine(): number[] {
  return cpus().map(({ times }) => times.idle);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
