/**
 * Steering: people's requests for a running cutover. It is part of the lease and can hold a run, end a wait or restart
 * a stage. It writes no weights, and no reader of it may skip a rollback (docs/adr/0040).
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
  /** The phase and stage for which it was made; it has no effect elsewhere. */
  phase: z.enum(PHASES),
  stage: z.int().min(-1),
  /** Whether to advance without the evidence. */
  override: z.boolean(),
  /**
   * The second person, if the plan requires two for an override; null if nobody has agreed yet, or nobody is needed.
   */
  seconded: z.string().nullable(),
  /** How many people an override needs. */
  persons: z.int().min(1),
});

export const steeringSchema = z.object({
  /** Incremented by every change, so that one of two people who steer at the same time is refused. */
  rev: z.int().nonnegative(),
  /** In chronological order; the last one may still be in effect. */
  pauses: z.array(pauseSchema),
  /** The latest; earlier requests are dropped. */
  request: requestSchema.nullable(),
  /** Restarts of stages in this run. */
  retries: z.int().nonnegative(),
});
export type Steering = z.infer<typeof steeringSchema>;

export const UNSTEERED: Steering = { rev: 0, pauses: [], request: null, retries: 0 };

const person = z.strictObject({ by: z.string(), reason: z.string() });

/** The effect of steering on one observation. Recorded with it, so that the decision can be reproduced. */
export const steeredSchema = z.strictObject({
  /** For how many seconds the present phase or stage was paused; they do not count towards its longest hold. */
  pausedSeconds: z.number().nonnegative(),
  paused: person.extend({ until: instant }).nullable(),
  promoted: person.extend({ override: z.boolean() }).nullable(),
  restarted: person.nullable(),
});
export type Steered = z.infer<typeof steeredSchema>;
