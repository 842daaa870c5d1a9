/** An acceptance in an operator's account: its steps, the next action, and the evidence that it produces. */
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
