/** The gate's evaluations as the decision log keeps them: what was compared, and how far the evidence had come. */
import * as z from 'zod';
import { fromIso, type LogEntry } from '../../core/model/index.ts';

/** What the log keeps of a comparison; more than is shown, so unknown fields pass. */
const comparedSchema = z.looseObject({
  metric: z.string(),
  verdict: z.enum(['worse', 'within margin', 'undecided']),
  eValue: z.number(),
  threshold: z.number(),
  withinEValue: z.number(),
  withinThreshold: z.number(),
  margin: z.number(),
  /** Bounds on candidate − stable; absent where there is no second side. */
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
  /** When the stage or the soak began: e-values begin anew there. */
  readonly since: string;
  readonly name: string;
  readonly message: string;
  readonly metrics: readonly ComparedMetric[];
}

/** Those of a run, oldest first. Entries that hold no comparison are left out. */
export function gateLooks(log: readonly LogEntry[]): GateLook[] {
  return log.flatMap((entry) => {
    const parsed = lookSchema.safeParse(entry.data);
    if (entry.kind !== 'observation' || !parsed.success) return [];
    const { since, split, verdict } = parsed.data;
    const name = entry.phase === 'stage' ? `${split.candidatePercent} %` : entry.phase;
    return [{ at: fromIso(entry.at), since, name, message: entry.message, metrics: verdict.metrics }];
  });
}
