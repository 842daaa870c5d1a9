/** What one side knows of a run: variables, cookies and secrets, put into requests and taken from answers. */
export { alignedLegs } from './aligned-legs.ts';
export { Secrets } from './secrets.ts';
export { SideSession, unfitForField } from './side-session.ts';
export { filled, namesIn } from './template.ts';
