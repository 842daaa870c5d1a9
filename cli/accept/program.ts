/** The CDK program of an acceptance, and its parameters. */
import * as z from 'zod';
import { type Plan, planSchema } from '../../core/model/index.ts';
import { ownModule } from '../../rehearsal/machine/index.ts';

export const PROGRAM = ownModule('bin', 'acceptance');

export function acceptanceEnvironment(id: string, plan: Plan, paths: readonly string[]) {
  return { CROSSFADE_ACCEPTANCE: JSON.stringify({ id, plan: z.encode(planSchema, plan), paths }) };
}
