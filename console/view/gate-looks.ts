/** The gate's evaluations as recorded in the decision log: what was compared, and the evidence so far. */
import * as z from 'zod';
import { fromIso, type LogEntry } from '../../core/model/index.ts';

/** The recorded comparison. The log contains more than is shown, so unknown fields are allowed. */
const comparedSchema = z.looseObject({
  metric: z.string(),
  verdict: z.enum(['worse', 'within margin', 'undecided']),
  eValue: z.number(),
  threshold: z.number(),
  withinEValue: z.number(),
  withinThreshold: z.number(),
  margin: z.number(),
  /** Bounds on candidate − stable; absent if there is no second side. */
  lower: z.number().optional(),
  upper: z.number().optional(),
  stableRate: z.number().optional(),
  candidateRate: z.number().optional(),
  by: z.enum(['counts', 'percentiles']).default('counts'),
});
export type ComparedMetric = z.infer<typeof comparedSchema>;
const lookSchema = z.looseObject({
  since: z.string(),
  split: z.looseObject({ candidatePercent: z.number() }),
  verdict: z.looseObject({ metrics: z.array(comparedSchema) }),
});

export interface GateLook {
  readonly at: number;
  /** When the stage or the soak began, and its e-values with it. */
  readonly since: string;
  readonly name: string;
  readonly message: string;
  readonly metrics: readonly ComparedMetric[];
}

/** The evaluations of a run, oldest first. Entries without a comparison are left out. */
export function gateLooks(log: readonly LogEntry[]): GateLook[] {
  return log.flatMap((entry) => {
    const parsed = lookSchema.safeParse(entry.data);
    if (entry.kind !== 'observation' || !parsed.success) return [];
    const { since, split, verdict } = parsed.data;
    const name = entry.phase === 'stage' ? `${split.candidatePercent} %` : entry.phase;
    return [{ at: fromIso(entry.at), since, name, message: entry.message, metrics: verdict.metrics }];
  });
}
