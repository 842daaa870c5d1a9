/** The shape of a `DualStackCutover`'s props; check-cutover.ts checks what the values mean. */
import * as z from 'zod';
import { THRESHOLDS_SHAPE } from '../alarms/index.ts';
import { COHORT_SHAPE, GROUPS_SHAPE, MATCH_SHAPE, RULE_SHAPE, type WeightedRule } from '../listener/index.ts';
import { CHANNELS_SHAPE } from '../notices/index.ts';
import {
  aFunctionArn,
  aManagedPolicyArn,
  anIngressId,
  aTable,
  aText,
  aTopic,
  aWebAddress,
  bothServices,
  type Shape,
  thatHas,
  wholeDays,
  wholeNumberFrom,
} from '../props/index.ts';
import type { CutoverListener, DualStackCutoverProps } from './cutover-props.ts';
import { PROVIDERS_SHAPE } from './provider-shape.ts';

/** Executions of the rollback function that may be reserved for it. */
export const aReservation = wholeNumberFrom(1, 100);

const listener = z.strictObject({
  ...MATCH_SHAPE,
  listener: RULE_SHAPE.listener,
  priority: z.number(),
  cohort: z.strictObject({ ...COHORT_SHAPE, priority: z.number() }).optional(),
} satisfies Shape<CutoverListener>);

export const CUTOVER_SHAPE: Shape<DualStackCutoverProps> = {
  ingressId: anIngressId,
  groups: z.strictObject(GROUPS_SHAPE),
  listeners: z.array(listener).optional(),
  rules: z.array(thatHas<WeightedRule>('a WeightedRule', 'ruleArn', 'listenerArn', 'provider')).optional(),
  services: bothServices.optional() satisfies z.ZodType<DualStackCutoverProps['services'] | undefined>,
  ledger: aTable.optional(),
  // parsePlan names its fields.
  plan: z.looseObject({}).optional(),
  thresholds: THRESHOLDS_SHAPE.optional(),
  shadowLogRetention: wholeDays.optional(),
  topic: aTopic.optional(),
  chat: CHANNELS_SHAPE.optional(),
  exerciseFunctionArn: aFunctionArn.optional(),
  metricProviders: PROVIDERS_SHAPE.optional(),
  rollbackConcurrency: aReservation.optional(),
  permissionsBoundaryArn: aManagedPolicyArn.optional(),
  tags: z.record(z.string(), aText).optional(),
  runbookUrl: aWebAddress.optional(),
};
