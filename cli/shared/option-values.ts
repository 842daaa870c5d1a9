/** Parses the values of options. */
import { UsageError } from './usage-error.ts';

/** Decimal notation only, because `0x50` and `1_000` are more often typing errors than numbers. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The number given for an option. @throws UsageError that names the option and its range */
export function number(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!DECIMAL.test(text) || value < min || value > max) throw outOf(name, 'a number', text, min, max);
  return value;
}

/** A count or a port: {@link number} without a fraction. @throws UsageError that names the option and its range */
export function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!DECIMAL.test(text) || !Number.isInteger(value) || value < min || value > max)
    throw outOf(name, 'a whole number', text, min, max);
  return value;
}

/** Route templates given for an option. @throws UsageError that names the option and the template */
export function templates(option: string, given: readonly string[]): readonly string[] {
  for (const template of given)
    if (!/^\/\S*$/.test(template))
      throw new UsageError(`${option} must be a path template such as /items/{id} (got "${template}")`);
  return given;
}

function outOf(name: string, kind: string, text: string, min: number, max: number): UsageError {
  return new UsageError(`${name} must be ${kind} between ${readable(min)} and ${readable(max)} (got "${text}")`);
}

/** Digits grouped by three, without an exponent: 0.000001 and 1,000,000,000. */
function readable(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}
