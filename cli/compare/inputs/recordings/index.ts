/** Files of other recorders, as exchanges of one side. */
export type { OneSidedExchange } from './exchange.ts';
export { goreplayExchanges } from './goreplay.ts';
export { mitmproxyExchanges } from './mitmproxy.ts';
