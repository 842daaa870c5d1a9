/** Published AWS prices. For another region, a discount or a newer list, an operator provides a file: `--prices`. */
import * as z from 'zod';

export interface Price {
  /** Price of one unit, USD. */
  readonly usd: number;
  readonly per: string;
  /** Where the price is published. */
  readonly source: string;
  /**
   * The month in which the price was last seen there, such as `2026-03`, or the source that an operator's file states.
   */
  readonly asOf: string;
}

const page = (service: string) => `https://aws.amazon.com/${service}/pricing/`;

/**
 * us-east-1, on demand, without free tiers and discounts. The months are those of public copies of the pages, because
 * AWS's Price List API was not available when this table was written.
 */
export const PRICES = {
  stateTransition: {
    usd: 0.025 / 1_000,
    per: 'state transition',
    source: page('step-functions'),
    asOf: '2026-03',
  },
  lambdaRequest: { usd: 0.2 / 1e6, per: 'request', source: page('lambda'), asOf: '2026-02' },
  lambdaGbSecond: { usd: 0.000_013_333_4, per: 'GB-second (Arm)', source: page('lambda'), asOf: '2026-02' },
  metricRead: {
    usd: 0.01 / 1_000,
    per: 'metric requested by GetMetricData',
    source: page('cloudwatch'),
    asOf: '2026-02',
  },
  metricMonth: { usd: 0.3, per: 'custom metric per month', source: page('cloudwatch'), asOf: '2026-02' },
  alarmMetricMonth: { usd: 0.1, per: 'alarm metric per month', source: page('cloudwatch'), asOf: '2026-02' },
  dashboardMonth: { usd: 3, per: 'dashboard per month', source: page('cloudwatch'), asOf: '2026-02' },
  logGb: { usd: 0.5, per: 'GB of logs', source: page('cloudwatch'), asOf: '2026-02' },
  writeUnit: {
    usd: 0.625 / 1e6,
    per: 'write request unit',
    source: `${page('dynamodb')}on-demand/`,
    asOf: '2025-11',
  },
  readUnit: { usd: 0.125 / 1e6, per: 'read request unit', source: `${page('dynamodb')}on-demand/`, asOf: '2025-11' },
  firehoseGb: { usd: 0.029, per: 'GB, each record in steps of 5 KB', source: page('firehose'), asOf: '2025-11' },
  s3GbMonth: { usd: 0.023, per: 'GB-month', source: page('s3'), asOf: '2025-11' },
  s3Put: { usd: 0.005 / 1_000, per: 'PUT', source: page('s3'), asOf: '2025-11' },
  fargateVcpuHour: { usd: 0.032_38, per: 'vCPU-hour (Arm)', source: page('fargate'), asOf: '2026-03' },
  fargateGbHour: { usd: 0.003_56, per: 'GB-hour (Arm)', source: page('fargate'), asOf: '2026-03' },
  balancerHour: { usd: 0.0225, per: 'load balancer-hour', source: page('elasticloadbalancing'), asOf: '2026-05' },
  balancerUnitHour: {
    usd: 0.008,
    per: 'LCU-hour',
    source: page('elasticloadbalancing'),
    asOf: '2026-05',
  },
  addressHour: { usd: 0.005, per: 'public IPv4 address per hour', source: page('vpc'), asOf: '2025-05' },
  keyMonth: { usd: 1, per: 'key per month', source: page('kms'), asOf: '2025-11' },
  secretMonth: { usd: 0.4, per: 'secret per month', source: page('secrets-manager'), asOf: '2025-11' },
  mail: { usd: 2 / 100_000, per: 'mail', source: page('sns'), asOf: '2025-11' },
} as const satisfies Record<string, Price>;

export type PriceId = keyof typeof PRICES;
export type PriceList = Readonly<Record<PriceId, Price>>;

const ids = Object.keys(PRICES) as PriceId[];

/** An operator's prices: `{"fargateVcpuHour": 0.0355}`, in USD per unit, for any of {@link PRICES}. */
export const priceFileSchema = z.partialRecord(z.enum(ids), z.number().min(0).max(1e6));

/** {@link PRICES}, replaced by an operator's own where given. */
export function withPrices(own: z.infer<typeof priceFileSchema>, source: string): PriceList {
  const list: Record<PriceId, Price> = { ...PRICES };
  for (const id of ids) {
    const usd = own[id];
    if (usd !== undefined) list[id] = { usd, per: PRICES[id].per, source, asOf: 'as given' };
  }
  return list;
}
