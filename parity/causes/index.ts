/** The table of causes, and additional advice for known servers. */

export { CATALOGUE, type Cause, entryOf, isCause, isMeantBy } from './catalogue.ts';
export { adviceFor, hintsOf } from './hints.ts';
export { isServer, SERVERS, type Server, type Servers } from './servers.ts';
export { rankOf, SEVERITIES, type Severity, standsAgainst } from './severity.ts';
