/** An ingress with everything that belongs to it, and the troubles that pass by themselves. */
import type { SimulatedMachine } from './interpreter.ts';
import type { Outside } from './ports.ts';
import type { Fate, SimulatedEvent, SimulatedHandler } from './scenario/index.ts';
import type { Site, Timeline } from './site/index.ts';

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

/** An item that happens at its own time. */
type TimedItem = Extract<SimulatedEvent, { readonly at: unknown }>;
export type Deed<Type extends TimedItem['type'] = TimedItem['type']> = Extract<TimedItem, { readonly type: Type }>;

type Trouble = Deed<'thief' | 'unwatched' | 'deaths' | 'scale' | 'throttled' | 'lag' | 'crowd' | 'sick' | 'outage'>;

/** Begins a trouble, and ends it after its time. */
export function befall(ingress: SimulatedIngress, item: Trouble, timeline: Timeline): void {
  const { site } = ingress;
  const lastsMs = item.for * 1000;
  switch (item.type) {
    case 'thief':
      site.steal(item.group, item.share, lastsMs);
      return;
    case 'scale':
      site.scale(item.side, item.tasks, lastsMs);
      return;
    case 'sick':
      site.sicken(item.group ?? 'candidate', item.how ?? 'fails', item.share, lastsMs);
      return;
    case 'deaths': {
      const roles = item.group === 'mirror' ? (['mirrorForward', 'mirrorReverse'] as const) : [item.group];
      for (const role of roles) site.kill(role, item.share, lastsMs);
      return;
    }
    case 'unwatched':
      ingress.unwatchedUntil = timeline.now() + lastsMs;
      return;
    case 'throttled':
      listed(ingress.throttled, { handler: item.handler }, lastsMs, timeline);
      return;
    case 'outage': {
      const { of, handler = null, fate } = item;
      listed(ingress.outages, { of, handler, fate }, lastsMs, timeline);
      return;
    }
    case 'lag':
      site.readings.lagMs = item.lag * 1000;
      timeline.after(lastsMs, () => {
        site.readings.lagMs = 0;
      });
      return;
    case 'crowd':
      ingress.crowd = item.share;
      timeline.after(lastsMs, () => {
        ingress.crowd = 0;
      });
      return;
    default:
      item satisfies never;
  }
}

/** Puts a trouble on a list of present ones for its time. */
function listed<T>(present: T[], trouble: T, lastsMs: number, timeline: Timeline): void {
  present.push(trouble);
  timeline.after(lastsMs, () => present.splice(present.indexOf(trouble), 1));
}
