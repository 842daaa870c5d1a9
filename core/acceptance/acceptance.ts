/** One acceptance, as it stands and as its file holds it: which steps were taken, what they found, what is left. */
import * as z from 'zod';
import { CLAIMS, type Findings } from './claims.ts';
import { ACCEPTANCE_STEPS, type AcceptanceStep } from './steps.ts';

const instant = z.iso.datetime();
const findingSchema = z.strictObject({ seen: z.boolean(), detail: z.string() });
const claimIds = Object.keys(CLAIMS) as (keyof typeof CLAIMS)[];

const stepRecordSchema = z.strictObject({
  step: z.enum(ACCEPTANCE_STEPS),
  at: instant,
  /** Of the clock of the account: virtual ones on the local cloud. */
  seconds: z.number().min(0),
  /** Null: the step did what it should. */
  failure: z.string().nullable(),
});
export type StepRecord = z.infer<typeof stepRecordSchema>;

export const acceptanceSchema = z.strictObject({
  format: z.literal('crossfade-acceptance'),
  version: z.literal(1),
  /** Names the stack and stands in its tag `crossfade:acceptance`. */
  id: z.string().regex(/^[a-z][a-z0-9-]{2,30}$/),
  /** Version of Crossfade. */
  crossfade: z.string(),
  /** Such as `AWS account 111122223333, eu-west-1` or `the local cloud`. */
  where: z.string(),
  startedAt: instant,
  /** What it was computed to cost, USD. */
  costUsd: z.number().min(0),
  steps: z.array(stepRecordSchema),
  findings: z.partialRecord(z.enum(claimIds), findingSchema),
  interrupted: z.boolean(),
  /** Null: nothing was removed yet. */
  removal: z.strictObject({ at: instant, left: z.array(z.string()) }).nullable(),
});
export type Acceptance = z.infer<typeof acceptanceSchema>;

/** An acceptance of which no step was taken. */
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

/** What comes next: a failure or an interruption leaves only the removal, and the removal is never left out. */
export function nextAction({ steps, interrupted, removal }: Acceptance): Action {
  if (removal !== null) return { do: 'report' };
  if (interrupted || steps.some(({ failure }) => failure !== null)) return { do: 'remove' };
  const step = ACCEPTANCE_STEPS.find((name) => !steps.some((record) => record.step === name));
  return step === undefined ? { do: 'remove' } : { do: 'take', step };
}

/** The acceptance with one step more, and what it found. */
export function taken(acceptance: Acceptance, record: StepRecord, found: Findings): Acceptance {
  return {
    ...acceptance,
    steps: [...acceptance.steps, record],
    findings: { ...acceptance.findings, ...found },
  };
}

/** @param left names of what could not be removed */
export function removed(acceptance: Acceptance, at: string, left: readonly string[]): Acceptance {
  const detail = left.length === 0 ? 'nothing is left' : `left: ${left.join(', ')}`;
  return {
    ...acceptance,
    findings: { ...acceptance.findings, removal: { seen: left.length === 0, detail } },
    removal: { at, left: [...left] },
  };
}

export type AcceptanceOutcome = 'accepted' | 'refuted' | 'interrupted' | 'unfinished';

/** `accepted` takes every step, every finding, and nothing left. */
export function outcomeOf({ steps, findings, interrupted, removal }: Acceptance): AcceptanceOutcome {
  if (interrupted) return 'interrupted';
  if (removal === null) return 'unfinished';
  const whole = ACCEPTANCE_STEPS.every((name) => steps.some(({ step, failure }) => step === name && failure === null));
  return whole && claimIds.every((id) => findings[id]?.seen === true) ? 'accepted' : 'refuted';
}
