/**
 * What the ledger holds: one item per ingress that says who owns it, and an append-only log per cutover.
 *
 * ELBv2 has no conditional write, so the item is the fence: `generation` and `status` are compared and set by DynamoDB
 * before and after every weight write (design: fencing).
 */
import * as z from 'zod';
import { drillSchema } from './drill.ts';
import { cutoverIdSchema, generationSchema, ingressIdSchema } from './ids.ts';
import { capacitySnapshotSchema, PHASES } from './run-state.ts';
import { ruleWeightsSchema, trafficSplitSchema } from './split.ts';

/**
 * `running`: a run owns the ingress. `rolling_back`: fenced, safe weights not yet confirmed. `rolled_back`: safe weights
 * confirmed. `completed`: the candidate is the service now; nothing here may move its traffic any more.
 */
export const LEDGER_STATUSES = ['running', 'rolling_back', 'rolled_back', 'completed'] as const;
export type LedgerStatus = (typeof LEDGER_STATUSES)[number];

/** What may pull the trigger (design: who pulls the rollback trigger). */
export const TRIGGERS = [
  'gate',
  'alarm',
  'execution',
  'watchdog',
  'drift',
  'signoff',
  'operator',
  'task',
  'drill',
] as const;
export type Trigger = (typeof TRIGGERS)[number];

const instant = z.iso.datetime();

export const intentSchema = z.strictObject({
  split: trafficSplitSchema,
  weights: z.array(ruleWeightsSchema),
  at: instant,
  /** True once the listener was read back with these weights and the generation still held. */
  confirmed: z.boolean(),
});
export type Intent = z.infer<typeof intentSchema>;

export const rollbackRecordSchema = z.strictObject({
  trigger: z.enum(TRIGGERS),
  reason: z.string(),
  by: z.string(),
  /** When the evidence turned bad as far as is known (alarm transition, deciding observation). */
  requestedAt: instant,
  /** When the safe weights were read back. */
  confirmedAt: instant.nullable(),
  /** When per-side request counts showed that no customer reaches the candidate any more. */
  verifiedAt: instant.nullable(),
});
export type RollbackRecord = z.infer<typeof rollbackRecordSchema>;

export const ledgerItemSchema = z.strictObject({
  ingressId: ingressIdSchema,
  cutoverId: cutoverIdSchema,
  generation: generationSchema,
  status: z.enum(LEDGER_STATUSES),
  executionArn: z.string(),
  startedAt: instant,
  phase: z.enum(PHASES),
  stage: z.int().min(-1),
  intent: intentSchema,
  /** By when a task of the run must have been seen again; the watchdog rolls back a run that is late. */
  heartbeatDueAt: instant,
  capacity: capacitySnapshotSchema.nullable(),
  /** `full`: may take 100 % at once. `reduced`: must be scaled back up before it gets weight. */
  stableCapacity: z.enum(['full', 'reduced']),
  rollback: rollbackRecordSchema.nullable(),
  /** The run is a drill. */
  drill: drillSchema.nullable().default(null),
});
export type Lease = z.infer<typeof ledgerItemSchema>;

/** One line of a cutover's log: what was decided, by whom or by which figure. Never rewritten. */
export const logEntrySchema = z.strictObject({
  at: instant,
  kind: z.enum([
    'phase',
    'weights',
    'observation',
    'parity',
    'signoff',
    'approval',
    'capacity',
    'rollback',
    'verified',
    'refused',
    'drill',
    'warning',
  ]),
  phase: z.enum(PHASES),
  stage: z.int().min(-1),
  by: z.string(),
  message: z.string(),
  /** Inputs and verdicts, so that a decision can be replayed. */
  data: z.unknown().optional(),
});
export type LogEntry = z.infer<typeof logEntrySchema>;
