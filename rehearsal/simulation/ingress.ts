/** An ingress with what belongs to it. */
import type { SimulatedMachine } from './interpreter.ts';
import type { Outside } from './ports.ts';
import type { Fate, SimulatedHandler } from './scenario/index.ts';
import type { Site } from './site/index.ts';

export interface SimulatedIngress {
  readonly site: Site;
  readonly machine: SimulatedMachine;
  /** Services, or calls of them, that meet every caller with a fate, or one alone. */
  readonly outages: { readonly of: string; readonly handler: SimulatedHandler | null; readonly fate: Fate }[];
  /** Functions that Lambda has no room for; null: none of them. */
  readonly throttled: { readonly handler: SimulatedHandler | null }[];
  /** Share of the calls of ELBv2 that are throttled, for others use them up. */
  crowd: number;
  readonly outside: Outside;
  /** The watchdog's schedule is disabled until then, milliseconds since the epoch. */
  unwatchedUntil: number;
  /** Two watchdogs look side by side until then. */
  doubledUntil: number;
  /** How many events, sign-offs and runs there were: a scenario names them by their number. */
  events: number;
  signoffs: number;
  runs: number;
}
