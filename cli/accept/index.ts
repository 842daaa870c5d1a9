/** Settles in the operator's own account what no stand-in can settle. */
export { acceptCommand } from './accept.ts';
