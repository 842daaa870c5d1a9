/** An ingress with what belongs to it. */
import type { SimulatedMachine } from './interpreter.ts';
import type { Outside } from './ports.ts';
import type { Fate } from './scenario/index.ts';
import type { Site } from './site/index.ts';

export interface SimulatedIngress {
  readonly site: Site;
  readonly machine: SimulatedMachine;
  /** Services that meet every call with a fate. */
  readonly outages: { readonly of: string; readonly fate: Fate }[];
  readonly outside: Outside;
  /** The watchdog's schedule is disabled until then, milliseconds since the epoch. */
  unwatchedUntil: number;
  /** How many events, sign-offs and runs there were: a scenario names them by their number. */
  events: number;
  signoffs: number;
  runs: number;
}
