import { UsageError } from './exit-codes.ts';

/** The number that an option was given. @throws UsageError that names the option and its range. */
export function number(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < min || value > max)
    throw new UsageError(`${name} must be a number between ${readable(min)} and ${readable(max)} (got "${text}")`);
  return value;
}

/** Digits in threes, and no exponent: 0.000001 and 1,000,000,000. */
function readable(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}
