/** Customers. */
export { GATEWAY_MIX, type Load, type LoadTick, type MixEntry, startLoad } from './load.ts';
