/**
 * The state of one acceptance, as stored in its file: the steps that were taken, their findings, and what remains to be
 * removed.
 */
import * as z from 'zod';
import { CLAIMS, type Findings } from './claims.ts';
import { ACCEPTANCE_STEPS, type AcceptanceStep } from './steps.ts';

const instant = z.iso.datetime();
const findingSchema = z.strictObject({ seen: z.boolean(), detail: z.string() });
const claimIds = Object.keys(CLAIMS) as (keyof typeof CLAIMS)[];

const stepRecordSchema = z.strictObject({
  step: z.enum(ACCEPTANCE_STEPS),
  at: instant,
  /** Measured by the clock of the account, which is simulated on the local cloud. */
  seconds: z.number().min(0),
  /** null if the step succeeded. */
  failure: z.string().nullable(),
});
export type StepRecord = z.infer<typeof stepRecordSchema>;

export const acceptanceSchema = z.strictObject({
  format: z.literal('crossfade-acceptance'),
  version: z.literal(1),
  /** Part of the stack's name, and the value of its tag `crossfade:acceptance`. */
  id: z.string().regex(/^[a-z][a-z0-9-]{2,30}$/),
  /** Version of Crossfade. */
  crossfade: z.string(),
  /** For example `AWS account 111122223333, eu-west-1` or `the local cloud`. */
  where: z.string(),
  startedAt: instant,
  /** Estimated cost, USD. */
  costUsd: z.number().min(0),
  steps: z.array(stepRecordSchema),
  findings: z.partialRecord(z.enum(claimIds), findingSchema),
  interrupted: z.boolean(),
  /** null if nothing was removed yet. */
  removal: z.strictObject({ at: instant, left: z.array(z.string()) }).nullable(),
});
export type Acceptance = z.infer<typeof acceptanceSchema>;

/** A new acceptance without any steps. */
export function begun(of: Pick<Acceptance, 'id' | 'crossfade' | 'where' | 'startedAt' | 'costUsd'>): Acceptance {
  return {
    format: 'crossfade-acceptance',
    version: 1,
    ...of,
    steps: [],
    findings: {},
    interrupted: false,
    removal: null,
  };
}

export type Action =
  | { readonly do: 'take'; readonly step: AcceptanceStep }
  | { readonly do: 'remove' }
  | { readonly do: 'report' };

/** The next action. After a failure or an interruption only the removal remains; the removal is never skipped. */
export function nextAction({ steps, interrupted, removal }: Acceptance): Action {
  if (removal !== null) return { do: 'report' };
  if (interrupted || steps.some(({ failure }) => failure !== null)) return { do: 'remove' };
  const step = ACCEPTANCE_STEPS.find((name) => !steps.some((record) => record.step === name));
  return step === undefined ? { do: 'remove' } : { do: 'take', step };
}

/** Adds a step and its findings to the acceptance. */
export function taken(acceptance: Acceptance, record: StepRecord, found: Findings): Acceptance {
  return {
    ...acceptance,
    steps: [...acceptance.steps, record],
    findings: { ...acceptance.findings, ...found },
  };
}

/** @param left names of resources that could not be removed */
export function removed(acceptance: Acceptance, at: string, left: readonly string[]): Acceptance {
  const detail = left.length === 0 ? 'nothing is left' : `left: ${left.join(', ')}`;
  return {
    ...acceptance,
    findings: { ...acceptance.findings, removal: { seen: left.length === 0, detail } },
    removal: { at, left: [...left] },
  };
}

export type AcceptanceOutcome = 'accepted' | 'refuted' | 'interrupted' | 'unfinished';

/** `accepted` requires every step and every finding, and that nothing is left. */
export function outcomeOf({ steps, findings, interrupted, removal }: Acceptance): AcceptanceOutcome {
  if (interrupted) return 'interrupted';
  if (removal === null) return 'unfinished';
  const whole = ACCEPTANCE_STEPS.every((name) => steps.some(({ step, failure }) => step === name && failure === null));
  return whole && claimIds.every((id) => findings[id]?.seen === true) ? 'accepted' : 'refuted';
}
