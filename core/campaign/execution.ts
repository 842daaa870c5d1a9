/** The data that an execution of a campaign carries between evaluations, in the state of its machine. */
import * as z from 'zod';
import { memorySchema, NO_MEMORY, serviceStateSchema } from './states.ts';

/** Characters of a state's message. The cause with which an execution fails has room for 32,768. */
export const LONGEST_MESSAGE = 2_000;

/** null until the first evaluation. */
const statesSchema = z.record(z.string(), serviceStateSchema).nullable();

export const campaignStateSchema = z.strictObject({
  /** As written; each evaluation parses it with its own code. */
  campaign: z.unknown(),
  /** IAM identity (ARN) of who started it; null where nobody said. */
  startedBy: z.string().startsWith('arn:').nullable().default(null),
  /** By service; one that waits is left out. */
  states: statesSchema.default(null),
  /** Whether an evaluation has accepted the campaign, in this execution or in one that this one resumes. */
  accepted: z.boolean().default(false),
  memory: memorySchema.default(NO_MEMORY),
  /** Looks of this execution so far. */
  looks: z.int().nonnegative().default(0),
  /** Which execution of the campaign this is: a long one goes on in another. */
  part: z.int().min(1).default(1),
  /** The next action of the machine. */
  next: z.enum(['look', 'completed', 'failed', 'continued']).default('look'),
  waitSeconds: z.number().positive().default(60),
  /** Message for people. */
  message: z.string().default(''),
});
export type CampaignState = z.infer<typeof campaignStateSchema>;

/** Whether services may have been started. Versions without `accepted` recorded states alone. */
export function isAccepted({ accepted, states }: Pick<CampaignState, 'accepted' | 'states'>): boolean {
  return accepted || states !== null;
}

/**
 * After this many evaluations a campaign continues in another execution, because each takes nine events and an
 * execution may have 25,000.
 */
export const LOOKS_PER_EXECUTION = 2_000;

/** Name of the campaign's execution: its own, with `_2`, `_3` for the further executions of a long campaign. */
export function executionOf(campaign: string, part: number): string {
  return part === 1 ? campaign : `${campaign}_${part}`;
}
