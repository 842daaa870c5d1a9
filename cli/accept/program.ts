/** The CDK program of an acceptance, and how it is told what to make. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type Plan, planSchema } from '../../core/model/index.ts';
import { ownModule } from '../../rehearsal/machine/index.ts';

export const PROGRAM = ownModule('bin', 'acceptance');
const ROOT = join(import.meta.dirname, '..', '..');

export function acceptanceEnvironment(id: string, plan: Plan, paths: readonly string[]) {
  return {
    CROSSFADE_ACCEPTANCE: JSON.stringify({ id, plan: z.encode(planSchema, plan), paths }),
    CDK_CONTEXT_JSON: JSON.stringify(cdkContext()),
    NODE_NO_WARNINGS: '1',
  };
}

/** The CDK's feature flags, as the applications of this package have them. */
function cdkContext(): Record<string, unknown> {
  const text = readFileSync(join(ROOT, 'cdk.json'), 'utf8');
  return z.looseObject({ context: z.record(z.string(), z.unknown()) }).parse(JSON.parse(text)).context;
}
