/**
 * CloudWatch's statistics over the samples of one period.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */

/** The statistic, or undefined when there is no sample. @throws RangeError for one that this cloud does not know. */
export function statistic(name: string, samples: readonly number[]): number | undefined {
  if (samples.length === 0) return undefined;
  switch (name) {
    case 'Sum':
      return sum(samples);
    case 'Average':
      return sum(samples) / samples.length;
    case 'Minimum':
      return Math.min(...samples);
    case 'Maximum':
      return Math.max(...samples);
    case 'SampleCount':
      return samples.length;
  }
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(name)?.[1];
  if (percentile !== undefined) return quantile(samples, Number(percentile) / 100);
  const trimmed = /^TC\((\d*\.?\d*):(\d*\.?\d*)\)$/.exec(name);
  if (trimmed === null) throw new RangeError(`statistic ${name} is not known`);
  const [low, high] = [bound(trimmed[1], Number.NEGATIVE_INFINITY), bound(trimmed[2], Number.POSITIVE_INFINITY)];
  // TC counts samples above the lower and up to the upper bound.
  return samples.filter((v) => v > low && v <= high).length;
}

function bound(text: string | undefined, fallback: number): number {
  return text === undefined || text === '' ? fallback : Number(text);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function quantile(samples: readonly number[], q: number): number | undefined {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? sorted[0];
}
