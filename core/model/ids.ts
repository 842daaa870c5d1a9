/** Branded identifiers: a target group's ARN cannot be passed where a rule's is wanted. */
import * as z from 'zod';

/** Name of one cutover, which is the name of its execution. */
export const cutoverIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,80}$/, 'a cutover id is 1 to 80 letters, digits, - or _')
  .brand<'CutoverId'>();
/** Name of the ingress, on which one cutover runs at a time; the key of the ledger. */
export const ingressIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,40}$/, 'an ingress id is 1 to 40 letters, digits, - or _')
  .brand<'IngressId'>();
export const ruleArnSchema = z.string().min(1).brand<'RuleArn'>();
export const targetGroupArnSchema = z.string().min(1).brand<'TargetGroupArn'>();
/** Counts the runs and rollbacks of an ingress. The holder of an older number must not write any more. */
export const generationSchema = z.int().nonnegative().brand<'Generation'>();

/**
 * Name of an ingress's captures database in Athena, which allows only lower-case letters, digits and `_`. Other
 * characters are encoded.
 */
export function athenaDatabase(ingressId: string): string {
  const codeOf = (character: string) => `_${character.charCodeAt(0).toString(16)}_`;
  return `crossfade_${ingressId.replaceAll(/[A-Z_]/g, codeOf).replaceAll('-', '_')}`;
}

export type CutoverId = z.infer<typeof cutoverIdSchema>;
export type IngressId = z.infer<typeof ingressIdSchema>;
export type RuleArn = z.infer<typeof ruleArnSchema>;
export type TargetGroupArn = z.infer<typeof targetGroupArnSchema>;
export type Generation = z.infer<typeof generationSchema>;
