/** Files of other recorders, as exchanges of one side. */
export type { OneSidedExchange } from './exchange.ts';
export { goreplayExchanges } from './goreplay.ts';
export { harEntries } from './har-entries.ts';
export { mitmproxyExchanges } from './mitmproxy.ts';
