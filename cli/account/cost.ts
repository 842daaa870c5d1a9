/** `crossfade cost`: the estimated bill of a month, and of one cutover, before anything is deployed. */
import { Command } from 'commander';
import { type Bill, type BillLine, billOf, PRICES, priceFileSchema, withPrices } from '../../core/cost/index.ts';
import { problemsOf, wordIssue } from '../../input/index.ts';
import { readPlan } from '../run/index.ts';
import { EXIT, number, plainJson, readJsonFile, say, type Terminal, UsageError, wholeNumber } from '../shared/index.ts';

interface Options {
  readonly rps: string;
  readonly safeShare: string;
  readonly captureBytes: string;
  readonly mirror: boolean;
  readonly prices?: string;
  readonly json?: boolean;
}

export function costCommand(terminal: Terminal): Command {
  return new Command('cost')
    .description('estimate what Crossfade costs in your account: by month, and for one cutover; calls nothing')
    .argument('[file]', 'plan (JSON); default: the default plan')
    .option('--rps <n>', 'requests per second at the ingress', '100')
    .option('--safe-share <share>', 'share of the requests that may be copied (no side effects), 0 to 1', '0.8')
    .option('--capture-bytes <n>', 'one capture: the request and two answers, bytes', '5000')
    .option('--no-mirror', 'an attached application without a mirror')
    .option('--prices <file>', 'your own prices (JSON): USD for one unit, by the names that --json prints')
    .option(
      '--json',
      'print JSON: traffic, month and cutover (items with what, quantity, price and usd), usd (both sums) and prices',
    )
    .action((file: string | undefined, options: Options) => {
      const traffic = {
        rps: number('--rps', options.rps, 1e-6, 1e7),
        safeShare: number('--safe-share', options.safeShare, 0, 1),
        captureBytes: wholeNumber('--capture-bytes', options.captureBytes, 100, 2_097_152),
        mirror: options.mirror,
      };
      const prices = options.prices === undefined ? PRICES : withPrices(ownPrices(options.prices), options.prices);
      const bill = billOf(readPlan('plan', file), traffic, prices);
      say(terminal.out, options.json === true ? plainJson({ traffic, ...bill, prices }, 2) : text(bill, traffic.rps));
      terminal.exit(EXIT.ok);
    });
}

function ownPrices(file: string) {
  const parsed = priceFileSchema.safeParse(readJsonFile('--prices', file), { error: wordIssue });
  if (parsed.success) return parsed.data;
  throw new UsageError(
    problemsOf(parsed.error)
      .map(({ path, message }) => `--prices: ${path === '' ? file : path}: ${message}`)
      .join('\n'),
  );
}

/** Items under a cent say nothing; they stand in the sum and in `--json`. */
const SHOWN_USD = 0.01;

function text({ month, cutover, usd }: Bill, rps: number): string {
  const sources = sourcesOf([...month, ...cutover]);
  return [
    ...table('Each month, whether or not a cutover runs', month, usd.month, sources),
    '',
    ...table(`One cutover at ${rps} rps, if every gate passes at the end of its bake`, cutover, usd.cutover, sources),
    '',
    'Not included: the two services themselves (both run until the decommission), the load balancer and its network (NAT gateways of the reference application, traffic between zones), requests to KMS, X-Ray within its free tier.',
    'Prices: us-east-1, on demand, without free tiers; `--prices FILE` takes your own.',
    ...sources.map((source, i) => `  [${i + 1}] ${source}`),
  ].join('\n');
}

function table(title: string, lines: readonly BillLine[], sum: number, sources: readonly string[]): string[] {
  const shown = lines.filter(({ usd }) => usd >= SHOWN_USD);
  const rest = sum - shown.reduce((total, { usd }) => total + usd, 0);
  return [
    title,
    ...shown.map(
      ({ what, quantity, price, usd }) =>
        `  ${what.padEnd(24)}  ${dollars(usd)}  ${amount(quantity)} × ${perUnit(price.usd)} per ${price.per} [${sources.indexOf(sourceOf(price)) + 1}]`,
    ),
    ...(rest >= SHOWN_USD / 2 ? [`  ${'items under a cent'.padEnd(24)}  ${dollars(rest)}`] : []),
    `  ${'total'.padEnd(24)}  ${dollars(sum)}`,
  ];
}

function sourcesOf(lines: readonly BillLine[]): string[] {
  return [...new Set(lines.map(({ price }) => sourceOf(price)))];
}

function sourceOf({ source, asOf }: BillLine['price']): string {
  return `${source} (${asOf})`;
}

function dollars(usd: number): string {
  return `${usd.toFixed(2)} USD`.padStart(13);
}

function amount(quantity: number): string {
  return quantity.toLocaleString('en-US', { maximumSignificantDigits: 4 });
}

function perUnit(usd: number): string {
  return `${usd.toLocaleString('en-US', { maximumSignificantDigits: 6, maximumFractionDigits: 20 })} USD`;
}
