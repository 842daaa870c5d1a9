/** An ingress with everything that belongs to it. */
import type { SimulatedMachine } from './interpreter.ts';
import type { Outside } from './ports.ts';
import type { Fate, SimulatedHandler } from './scenario/index.ts';
import type { Site } from './site/index.ts';

export interface SimulatedIngress {
  readonly site: Site;
  readonly machine: SimulatedMachine;
  /** Services, or their calls, that give a fate to every caller, or to one. */
  readonly outages: { readonly of: string; readonly handler: SimulatedHandler | null; readonly fate: Fate }[];
  /** Functions without free concurrency at Lambda; null: all of them. */
  readonly throttled: { readonly handler: SimulatedHandler | null }[];
  /** Share of the calls of ELBv2 that are throttled, for others use them up. */
  crowd: number;
  readonly outside: Outside;
  /** Until when the watchdog's schedule is disabled, in milliseconds since the epoch. */
  unwatchedUntil: number;
  /** Until when two watchdogs run in parallel. */
  doubledUntil: number;
  /** Counters of events, sign-offs and runs, by which a scenario refers to them. */
  events: number;
  signoffs: number;
  runs: number;
}
