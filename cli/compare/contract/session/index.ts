/**
 * The state of one side during a run: variables, cookies and secrets, which are inserted into requests and taken from
 * answers.
 */
export { alignedLegs } from './aligned-legs.ts';
export { Secrets } from './secrets.ts';
export { SideSession, unfitForField } from './side-session.ts';
export { filled, namesIn } from './template.ts';
