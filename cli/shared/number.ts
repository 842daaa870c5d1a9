import { UsageError } from './exit-codes.ts';

/** The number that an option was given. @throws UsageError that names the option and its range. */
export function number(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < min || value > max)
    throw new UsageError(`${name}: "${text}" is not a number from ${min} to ${max}`);
  return value;
}
