/** Customers. */
export { GATEWAY_MIX, type LoadTick, type MixEntry, startLoad } from './load.ts';
