/**
 * PutMetricData, within its limits.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
 */
import * as z from 'zod';
import { CloudError, parse } from '../wire/index.ts';
import type { MetricStore } from './metric-store.ts';

const MAX_POINTS = 1_000;
const MAX_VALUES = 150;
const HOUR_MS = 3_600_000;
/** How old a point may be, and how far ahead of the clock. */
const OLDEST_MS = 14 * 24 * HOUR_MS;
const AHEAD_MS = 2 * HOUR_MS;

const SIZES = [
  'Bytes',
  'Kilobytes',
  'Megabytes',
  'Gigabytes',
  'Terabytes',
  'Bits',
  'Kilobits',
  'Megabits',
  'Gigabits',
  'Terabits',
] as const;
const UNITS = [
  ...['Seconds', 'Microseconds', 'Milliseconds', 'Percent', 'Count', 'Count/Second', 'None'],
  ...SIZES,
  ...SIZES.map((size) => `${size}/Second`),
];

const name = z.string().min(1).max(255);
/** The SDK writes what is no number as a text. */
const numberSchema = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)]);
const datumSchema = z.strictObject({
  MetricName: name,
  Dimensions: z
    .array(z.strictObject({ Name: name, Value: z.string().min(1).max(1_024) }))
    .max(30)
    .default([]),
  Timestamp: z.number().optional(),
  Value: numberSchema.optional(),
  Values: z.array(numberSchema).default([]),
  Counts: z.array(z.number()).default([]),
  Unit: z.enum(UNITS).optional(),
  StatisticValues: z.looseObject({}).optional(),
});
type Datum = z.infer<typeof datumSchema>;
const putSchema = z.strictObject({
  Namespace: name.regex(/^[^:]/),
  MetricData: z.array(datumSchema).default([]),
});

/** @param now simulated time, in milliseconds since the epoch. @throws CloudError */
export function putMetricData(store: MetricStore, input: unknown, now: number): object {
  const { Namespace: namespace, MetricData } = parse(putSchema, input);
  if (namespace.startsWith('AWS/')) throw value('The value AWS/ for parameter Namespace is invalid.');
  if (MetricData.length === 0)
    throw new CloudError('MissingRequiredParameterException', 'The parameter MetricData is required.');
  if (MetricData.length > MAX_POINTS)
    throw value(`The collection MetricData must not have a size greater than ${MAX_POINTS}.`);
  for (const [i, datum] of MetricData.entries()) refuseBeyondLimits(datum, `MetricData.member.${i + 1}`, now);
  for (const { MetricName, Dimensions, Timestamp, Value, Values, Counts } of MetricData) {
    const dimensions = Object.fromEntries(Dimensions.map((d) => [d.Name, d.Value]));
    const at = Timestamp === undefined ? now : Timestamp * 1000;
    const samples = Value === undefined ? Values : [Value];
    for (const [i, sample] of samples.entries())
      for (let n = 0; n < (Counts[i] ?? 1); n++)
        store.record({ namespace, name: MetricName, dimensions, value: sample, at });
  }
  return {};
}

/** @throws CloudError */
function refuseBeyondLimits(
  { Timestamp, Value, Values, Counts, StatisticValues }: Datum,
  at: string,
  now: number,
): void {
  if (StatisticValues !== undefined && (Value !== undefined || Values.length > 0))
    throw new CloudError(
      'InvalidParameterCombinationException',
      `The parameters ${at}.Value and ${at}.StatisticValues are mutually exclusive and you have specified both.`,
    );
  if (StatisticValues !== undefined) throw value(`${at}.StatisticValues is not known here`);
  if (Value !== undefined && Values.length > 0)
    throw value(`The parameters ${at}.Value and ${at}.Values are mutually exclusive and you have specified both.`);
  if (Counts.length > 0 && Counts.length !== Values.length)
    throw value(`The parameters ${at}.Values and ${at}.Counts must be of the same size.`);
  if (Values.length > MAX_VALUES)
    throw value(`The collection ${at}.Values must not have a size greater than ${MAX_VALUES}.`);
  const odd = [Value ?? 0, ...Values].find((sample) => !Number.isFinite(sample));
  if (odd !== undefined) throw value(`The value ${odd} for parameter ${at}.Value is invalid.`);
  const ms = (Timestamp ?? now / 1000) * 1000;
  if (ms < now - OLDEST_MS || ms > now + AHEAD_MS)
    throw value(`The parameter ${at}.Timestamp must specify a time within the past two weeks and two hours ahead.`);
}

function value(message: string): CloudError {
  return new CloudError('InvalidParameterValueException', message);
}
