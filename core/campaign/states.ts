/**
 * The state of each service of a campaign at one evaluation, and the data that the campaign keeps between evaluations.
 */
import * as z from 'zod';
import { shortened } from '../../input/index.ts';

/** Characters of a reason. Reasons are part of the machine's state, together with those of all other services. */
export const LONGEST_REASON = 200;
/** Services that keep their reasons: in an outage none of a thousand can be read, and all have the same. */
export const MOST_REASONS = 50;

export const serviceStateSchema = z.discriminatedUnion('at', [
  /** Never started under this campaign's name. */
  z.strictObject({ at: z.literal('waiting') }),
  /**
   * In progress. `paused`: somebody has paused it. `pause`: whether it can be paused now, in a later phase, or never,
   * because its pauses are used up.
   */
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
  /** It could not be read, and may be in progress. */
  z.strictObject({ at: z.literal('unknown'), reason: z.string() }),
]);
export type ServiceState = z.infer<typeof serviceStateSchema>;

/** By service name. */
export type ServiceStates = ReadonlyMap<string, ServiceState>;

const FAILED: ReadonlySet<ServiceState['at']> = new Set(['returning', 'returned', 'refused']);
const UNDER_WAY: ReadonlySet<ServiceState['at']> = new Set(['running', 'returning', 'unknown']);

/** Whether it is being rolled back, was rolled back, or was refused, which affects the rest of its wave. */
export function hasFailed({ at }: ServiceState): boolean {
  return FAILED.has(at);
}

/** Whether it moves traffic, or may; the blast radius counts these. */
export function isUnderWay({ at }: ServiceState): boolean {
  return UNDER_WAY.has(at);
}

/** Whether its state is final. */
export function hasEnded(state: ServiceState): boolean {
  return state.at !== 'waiting' && !isUnderWay(state);
}

export const memorySchema = z.strictObject({
  /** When the campaign first saw a failure (ISO-8601). Nothing starts after that. */
  failedAt: z.iso.datetime().nullable(),
  /** The services that had failed by then; others are rolled back because of them. */
  failed: z.array(z.string()),
  /** Services that the campaign has paused once. If a person resumes one afterwards, it continues. */
  stopped: z.array(z.string()),
});
export type CampaignMemory = z.infer<typeof memorySchema>;

export const NO_MEMORY: CampaignMemory = { failedAt: null, failed: [], stopped: [] };

/** A message of AWS or of a person as the reason of a state. */
export function stateReason(text: string): string {
  return shortened(text.replace(/\p{Cc}+/gu, ' '), LONGEST_REASON);
}

/** The same states with the reasons of the first {@link MOST_REASONS} that have one. */
export function withFewReasons(states: Iterable<readonly [string, ServiceState]>): Map<string, ServiceState> {
  let left = MOST_REASONS;
  const kept = new Map<string, ServiceState>();
  for (const [name, state] of states)
    kept.set(name, !('reason' in state) || left-- > 0 ? state : { ...state, reason: '…' });
  return kept;
}
