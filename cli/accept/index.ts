/** What no stand-in can settle, settled in the operator’s own account. */
export { acceptCommand } from './accept.ts';
