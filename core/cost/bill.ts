/** Quantities × prices. */
import type { Plan } from '../model/index.ts';
import { PRICES, type Price, type PriceList } from './prices.ts';
import { monthly, perCutover, type Traffic, type Use } from './usage.ts';

export interface BillLine extends Omit<Use, 'price'> {
  readonly price: Price;
  /** USD. */
  readonly usd: number;
}

export interface Bill {
  /** What a month costs while the stacks exist. */
  readonly month: readonly BillLine[];
  /** What one cutover adds if every gate passes at the end of its bake. */
  readonly cutover: readonly BillLine[];
  /** Sums, USD. */
  readonly usd: { readonly month: number; readonly cutover: number };
}

/**
 * The largest lines first. Not included: the two services themselves, the load balancer, traffic between zones, and
 * X-Ray within its free tier.
 */
export function billOf(plan: Plan, traffic: Traffic, prices: PriceList = PRICES): Bill {
  const month = priced(monthly(traffic), prices);
  const cutover = priced(perCutover(plan, traffic), prices);
  return { month, cutover, usd: { month: sumOf(month), cutover: sumOf(cutover) } };
}

/** One line for each use, most expensive first; USD. */
export function priced(uses: readonly Use[], prices: PriceList): BillLine[] {
  return uses
    .map(({ price, what, quantity }) => ({ what, quantity, price: prices[price], usd: quantity * prices[price].usd }))
    .sort((a, b) => b.usd - a.usd);
}

/** USD. */
export function sumOf(lines: readonly BillLine[]): number {
  return lines.reduce((sum, { usd }) => sum + usd, 0);
}
