/** What an execution of a campaign carries from look to look, as the machine keeps it. */
import * as z from 'zod';
import { memorySchema, NO_MEMORY, serviceStateSchema } from './states.ts';

/** Null until the first look. */
const statesSchema = z.record(z.string(), serviceStateSchema).nullable();

export const campaignStateSchema = z.strictObject({
  /** As written: it is parsed at each look, by the code of that look. */
  campaign: z.unknown(),
  /** IAM identity (ARN) of who started it; null where nobody said. */
  startedBy: z.string().startsWith('arn:').nullable().default(null),
  /** By service; one that waits is left out. */
  states: statesSchema.default(null),
  memory: memorySchema.default(NO_MEMORY),
  /** Looks of this execution so far. */
  looks: z.int().nonnegative().default(0),
  /** Which execution of the campaign this is: a long one goes on in another. */
  part: z.int().min(1).default(1),
  /** What the machine does next. */
  next: z.enum(['look', 'completed', 'failed', 'continued']).default('look'),
  waitSeconds: z.number().positive().default(60),
  /** For people. */
  message: z.string().default(''),
});
export type CampaignState = z.infer<typeof campaignStateSchema>;

/** Looks after which a campaign goes on in another execution: nine events each stay within the 25,000 that an execution may have. */
export const LOOKS_PER_EXECUTION = 2_000;

/** Name of the execution of a campaign: its own, and `_2`, `_3` for those in which a long one goes on. */
export function executionOf(campaign: string, part: number): string {
  return part === 1 ? campaign : `${campaign}_${part}`;
}
