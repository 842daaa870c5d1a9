/** Where each service of a campaign stands, as one look finds it, and what the campaign itself remembers between two looks. */
import * as z from 'zod';

export const serviceStateSchema = z.discriminatedUnion('at', [
  /** Never started under this campaign's name. */
  z.strictObject({ at: z.literal('waiting') }),
  /** Under way. `paused`: somebody holds it. `pause`: whether it takes a pause now, in a later phase, or never: it has used up its pauses. */
  z.strictObject({
    at: z.literal('running'),
    phase: z.string(),
    paused: z.boolean(),
    pause: z.enum(['possible', 'notYet', 'never']),
  }),
  /** Rolling back; its weights are not confirmed yet. */
  z.strictObject({ at: z.literal('returning'), reason: z.string() }),
  z.strictObject({ at: z.literal('completed') }),
  /** All traffic is on its stable side again. */
  z.strictObject({ at: z.literal('returned'), reason: z.string() }),
  /** It ended before it took its ingress. */
  z.strictObject({ at: z.literal('refused'), reason: z.string() }),
  /** It could not be read, and may be under way. */
  z.strictObject({ at: z.literal('unknown'), reason: z.string() }),
]);
export type ServiceState = z.infer<typeof serviceStateSchema>;

/** By the name of the service. */
export type ServiceStates = ReadonlyMap<string, ServiceState>;

const FAILED: ReadonlySet<ServiceState['at']> = new Set(['returning', 'returned', 'refused']);
const UNDER_WAY: ReadonlySet<ServiceState['at']> = new Set(['running', 'returning', 'unknown']);

/** It is being rolled back, was rolled back, or was refused, which concerns the rest of its wave. */
export function hasFailed({ at }: ServiceState): boolean {
  return FAILED.has(at);
}

/** It moves traffic, or may: what the blast radius counts. */
export function isUnderWay({ at }: ServiceState): boolean {
  return UNDER_WAY.has(at);
}

/** It will not change any more. */
export function hasEnded(state: ServiceState): boolean {
  return state.at !== 'waiting' && !isUnderWay(state);
}

export const memorySchema = z.strictObject({
  /** When the campaign first saw a failure (ISO-8601); from then on nothing starts. */
  failedAt: z.iso.datetime().nullable(),
  /** The services that had failed then; others go back on account of them. */
  failed: z.array(z.string()),
  /** Services that were paused once on its behalf: what a person resumes afterwards goes on. */
  stopped: z.array(z.string()),
});
export type CampaignMemory = z.infer<typeof memorySchema>;

export const NO_MEMORY: CampaignMemory = { failedAt: null, failed: [], stopped: [] };
