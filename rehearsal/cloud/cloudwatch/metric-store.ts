/** Samples by metric and minute. Stores every sample, because a rehearsal is short. */
import * as z from 'zod';
import type { MetricDatum, MetricSink } from '../../machine/index.ts';
import { statisticOf } from './statistics.ts';

const MINUTE_MS = 60_000;

export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export class MetricStore implements MetricSink {
  readonly #series = new Map<string, Map<number, number[]>>();

  record({ namespace, name, dimensions, value, at }: MetricDatum): void {
    const key = keyOf({ namespace, name, dimensions });
    const minutes = this.#series.get(key) ?? new Map<number, number[]>();
    this.#series.set(key, minutes);
    const minute = floorTo(at, MINUTE_MS);
    const samples = minutes.get(minute);
    if (samples === undefined) minutes.set(minute, [value]);
    else samples.push(value);
  }

  /**
   * The statistic over [start, start + periodMs); undefined without samples.
   * @throws RangeError for an unknown statistic
   */
  read(id: MetricId, stat: string, start: number, periodMs: number): number | undefined {
    const statistic = statisticOf(stat);
    const minutes = this.#series.get(keyOf(id));
    if (minutes === undefined) return undefined;
    const samples: number[] = [];
    for (let m = floorTo(start, MINUTE_MS); m < start + periodMs; m += MINUTE_MS)
      for (const sample of minutes.get(m) ?? []) samples.push(sample);
    return samples.length === 0 ? undefined : statistic(samples);
  }

  /**
   * Extracts the metrics from a line of Embedded Metric Format; false if the line is not EMF.
   * @param at simulated time, used in place of the line's own timestamp, because a process outside the cloud writes
   * real time
   */
  ingestEmf(line: string, at: number): boolean {
    if (!line.includes('"_aws"')) return false;
    const entry = parseEmf(line);
    if (entry === null) return false;
    for (const { Namespace, Dimensions, Metrics } of entry._aws.CloudWatchMetrics) {
      for (const names of Dimensions) {
        const dimensions = Object.fromEntries(names.map((name) => [name, String(entry[name])]));
        for (const { Name } of Metrics)
          for (const value of valuesOf(entry[Name]))
            this.record({ namespace: Namespace, name: Name, dimensions, value, at });
      }
    }
    return true;
  }
}

/**
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
const emfSchema = z.looseObject({
  _aws: z.looseObject({
    CloudWatchMetrics: z.array(
      z.looseObject({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.looseObject({ Name: z.string() })),
      }),
    ),
  }),
});

/** A line that is not EMF is an ordinary log line, as for CloudWatch. */
function parseEmf(line: string): z.infer<typeof emfSchema> | null {
  try {
    return emfSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

/** A target member is a number or a list of numbers. */
function valuesOf(member: unknown): number[] {
  const list: unknown[] = Array.isArray(member) ? member : [member];
  return list.filter((v) => typeof v === 'number');
}

function keyOf({ namespace, name, dimensions }: MetricId): string {
  const dims = Object.entries(dimensions)
    .map(([k, v]) => `${k}=${v}`)
    .sort();
  return `${namespace}/${name}/${dims.join(',')}`;
}

export function floorTo(at: number, step: number): number {
  return Math.floor(at / step) * step;
}
