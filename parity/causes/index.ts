/** Why a Go answer differs from the Node answer that it replaces: one table. */
export { CATALOGUE, type Cause, entryOf, isCause, type Severity, standsAgainst } from './table.ts';
