/**
 * CloudWatch's statistics over the samples of one period.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */

type Statistic = (samples: readonly number[]) => number;

const SIMPLE: Readonly<Record<string, Statistic>> = {
  Sum: sum,
  Average: (samples) => sum(samples) / samples.length,
  Minimum: (samples) => samples.reduce((a, b) => Math.min(a, b)),
  Maximum: (samples) => samples.reduce((a, b) => Math.max(a, b)),
  SampleCount: (samples) => samples.length,
};

/** The statistic; undefined without samples. @throws RangeError for one that is unknown here */
export function statistic(name: string, samples: readonly number[]): number | undefined {
  const known = statisticOf(name);
  return samples.length === 0 ? undefined : known(samples);
}

/** @throws RangeError for a statistic that is unknown here */
export function statisticOf(name: string): Statistic {
  const simple = SIMPLE[name];
  if (simple !== undefined) return simple;
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(name)?.[1];
  if (percentile !== undefined && Number(percentile) <= 100) return quantile(Number(percentile) / 100);
  const ranged = /^(TC|PR)\((\d*\.?\d*):(\d*\.?\d*)\)$/.exec(name);
  if (ranged === null) throw new RangeError(`statistic ${name} is not known here`);
  const low = bound(ranged[2], Number.NEGATIVE_INFINITY);
  const high = bound(ranged[3], Number.POSITIVE_INFINITY);
  // Absolute limits exclude the lower and include the upper one.
  const within: Statistic = (samples) => samples.filter((v) => v > low && v <= high).length;
  return ranged[1] === 'TC' ? within : (samples) => (100 * within(samples)) / samples.length;
}

function bound(text: string | undefined, fallback: number): number {
  return text === undefined || text === '' ? fallback : Number(text);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

/** Nearest rank, because CloudWatch does not document its interpolation. */
function quantile(q: number): Statistic {
  return (samples) => {
    const sorted = [...samples].sort((a, b) => a - b);
    const rank = Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1));
    return sorted[rank] ?? Number.NaN;
  };
}
