/** Simulated time: anchored at the real time of its start, and running `speed` times as fast. */
import type { VirtualClock } from './world.ts';

export interface ClockAnchor {
  /** Milliseconds since the epoch. */
  readonly anchor: number;
  readonly speed: number;
}

export class ScaledClock implements VirtualClock {
  readonly speed: number;
  readonly anchor: number;

  constructor({ anchor, speed }: ClockAnchor) {
    this.anchor = anchor;
    this.speed = speed;
  }

  now(): number {
    return this.virtualAt(Date.now());
  }

  virtualAt(real: number): number {
    return Math.round(this.anchor + (real - this.anchor) * this.speed);
  }

  toRealMs(virtualMs: number): number {
    return virtualMs / this.speed;
  }
}
