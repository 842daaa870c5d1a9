/** Samples by metric and minute. Keeps every sample, for a rehearsal is short. */
import type { MetricDatum, MetricSink } from '../world.ts';
import { statistic } from './statistics.ts';

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

  /** The statistic over [start, start + periodMs); undefined without samples. */
  read(id: MetricId, stat: string, start: number, periodMs: number): number | undefined {
    const minutes = this.#series.get(keyOf(id));
    if (minutes === undefined) return undefined;
    const samples: number[] = [];
    for (let m = floorTo(start, MINUTE_MS); m < start + periodMs; m += MINUTE_MS)
      samples.push(...(minutes.get(m) ?? []));
    return statistic(stat, samples);
  }

  /** Takes the metrics out of a line of Embedded Metric Format; false when the line is none. `at` is virtual. */
  ingestEmf(line: string, at: number): boolean {
    if (!line.includes('"_aws"')) return false;
    const entry = parse(line);
    if (entry === null) return false;
    for (const { Namespace, Dimensions, Metrics } of entry._aws.CloudWatchMetrics) {
      for (const names of Dimensions) {
        const dimensions = Object.fromEntries(names.map((name) => [name, String(entry[name])]));
        for (const { Name } of Metrics) {
          const value = entry[Name];
          if (typeof value === 'number') this.record({ namespace: Namespace, name: Name, dimensions, value, at });
        }
      }
    }
    return true;
  }
}

interface EmfEntry {
  readonly [key: string]: unknown;
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

function parse(line: string): EmfEntry | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
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
