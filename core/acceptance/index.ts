/** An acceptance in an account of the operator's: its steps, what comes next, and the evidence that it leaves. */
export {
  type Acceptance,
  acceptanceSchema,
  begun,
  nextAction,
  outcomeOf,
  removed,
  taken,
} from './acceptance.ts';
export { CLAIMS, type ClaimFinding, type Findings } from './claims.ts';
export { acceptanceText } from './evidence.ts';
export { ACCEPTANCE_TAG, acceptanceStackName } from './name.ts';
export { ACCEPTANCE_STEPS, type AcceptanceStep, STEP_TITLES } from './steps.ts';
