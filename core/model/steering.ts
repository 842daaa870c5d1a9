/**
 * Steering: what people have asked of a running cutover. It stands in the lease and can hold a run, end a wait or restart one;
 * it writes no weight, and no reader of it may skip a rollback (docs/adr/0040).
 */
import * as z from 'zod';
import { PHASES } from './run-state.ts';

const instant = z.iso.datetime();

const pauseSchema = z.object({
  by: z.string(),
  reason: z.string(),
  from: instant,
  /** When it ends by itself, or was ended by `resume`. */
  until: instant,
});

const requestSchema = z.object({
  kind: z.enum(['promote', 'retry']),
  by: z.string(),
  reason: z.string(),
  at: instant,
  /** What it speaks of; anywhere else it has no effect. */
  phase: z.enum(PHASES),
  stage: z.int().min(-1),
  /** Without the evidence. */
  override: z.boolean(),
  /** Who asks for the same, where the plan wants two persons for an override; null: nobody yet, or nobody is needed. */
  seconded: z.string().nullable(),
  /** An override counts from so many persons on. */
  persons: z.int().min(1),
});

export const steeringSchema = z.object({
  /** Raised by every change, so that one of two people who steer at once is refused. */
  rev: z.int().nonnegative(),
  /** In their order; the last one may still last. */
  pauses: z.array(pauseSchema),
  /** The newest; an earlier one is forgotten. */
  request: requestSchema.nullable(),
  /** Restarts of a stage in this run. */
  retries: z.int().nonnegative(),
});
export type Steering = z.infer<typeof steeringSchema>;

export const UNSTEERED: Steering = { rev: 0, pauses: [], request: null, retries: 0 };

const person = z.strictObject({ by: z.string(), reason: z.string() });

/** What steering means for one observation. Kept with it, so that the decision can be taken again. */
export const steeredSchema = z.strictObject({
  /** Seconds of the present phase or stage that it was paused; they do not count towards its longest hold. */
  pausedSeconds: z.number().nonnegative(),
  paused: person.extend({ until: instant }).nullable(),
  promoted: person.extend({ override: z.boolean() }).nullable(),
  restarted: person.nullable(),
});
export type Steered = z.infer<typeof steeredSchema>;
