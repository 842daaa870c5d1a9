/** What a cutover costs: prices with their sources, quantities from the plan and the traffic. */
export { acceptanceBill } from './acceptance-bill.ts';
export { type Bill, type BillLine, billOf } from './bill.ts';
export { FOOTPRINT } from './footprint.ts';
export { PRICES, type Price, priceFileSchema, withPrices } from './prices.ts';
export type { Traffic } from './usage.ts';
