/** The bill of the default plan, with the price of each line, its page and its month. */
import { type Bill, type BillLine, billOf, type Price } from '../../core/cost/index.ts';
import { parsePlan } from '../../core/model/index.ts';
import { markdownCode, markdownTable } from '../../markdown/index.ts';
import { type Page, page } from './page.ts';

/** Requests per second. */
const LOADS = [10, 100, 1_000] as const;
const TRAFFIC = { safeShare: 0.8, captureBytes: 5_000, mirror: true } as const;

export function costPage(): Page {
  const plan = parsePlan({});
  const bills = LOADS.map((rps) => billOf(plan, { ...TRAFFIC, rps }));
  const attached = billOf(plan, { ...TRAFFIC, mirror: false, rps: 100 });
  return page(
    'docs/reference/cost.md',
    'Cost of the default plan',
    `What \`crossfade cost\` computes ([how](../how-to/estimate-the-cost.md)) for the default plan on the reference application with its mirror: us-east-1, on demand, without free tiers, ${TRAFFIC.safeShare * 100} % of the requests safe to copy, ${TRAFFIC.captureBytes / 1_000} kB a capture. USD. Not included: the two services themselves, the load balancer, traffic between zones, X-Ray (whose free tier of 100,000 traces a month covers the watchdog's 43,800).`,
    `## Sums\n\n${markdownTable(
      ['requests a second', 'a month', 'a cutover'],
      LOADS.map((rps, i) => [
        rps.toLocaleString('en-US'),
        dollars(bills[i]?.usd.month),
        dollars(bills[i]?.usd.cutover),
      ]),
    )}\n\nAn attached application without a mirror pays ${dollars(attached.usd.month)} USD a month.`,
    `## Each month, whether or not a cutover runs\n\n${lines(bills, ({ month }) => month)}`,
    `## One cutover, if every gate passes at the end of its bake\n\n${lines(bills, ({ cutover }) => cutover)}`,
    `## Prices\n\nThe month is that in which the price was last seen on the page. \`--prices FILE\` takes your own.\n\n${prices(bills)}`,
  );
}

function lines(bills: readonly Bill[], of: (bill: Bill) => readonly BillLine[]): string {
  const names = new Map(bills.flatMap((bill) => of(bill).map((line) => [nameOf(line), line] as const)));
  return markdownTable(
    ['line', 'unit', ...LOADS.map((rps) => `${rps.toLocaleString('en-US')} rps`)],
    [...names].map(([name, { what, price }]) => [
      what,
      price.per,
      ...bills.map((bill) => dollars(of(bill).find((line) => nameOf(line) === name)?.usd)),
    ]),
  );
}

/** Two lines of the same name differ in their billing unit. */
function nameOf({ what, price }: BillLine): string {
  return `${what} ${price.per}`;
}

function prices(bills: readonly Bill[]): string {
  const used = new Map<string, Price>(
    bills.flatMap(({ month, cutover }) => [...month, ...cutover].map(({ price }) => [price.per, price] as const)),
  );
  return markdownTable(
    ['USD', 'for one', 'page', 'seen'],
    [...used.values()].map(({ usd, per, source, asOf }) => [
      markdownCode(usd.toLocaleString('en-US', { maximumSignificantDigits: 6, maximumFractionDigits: 20 })),
      per,
      `<${source}>`,
      asOf,
    ]),
  );
}

/** A line below a tenth of a cent is shown as nothing; the sum includes it. */
function dollars(usd = 0): string {
  return usd > 0 && usd < 0.001 ? '< 0.001' : usd.toFixed(usd < 0.1 ? 3 : 2);
}
