/** Explains why two number tokens are not equal. */

import { type Decimal, decimalOf, isInteger, powerOfTen } from '../../json/index.ts';
import { epochUnit, type Finding, isTimeName } from '../model/index.ts';

/** The relative distance that rounding alone explains: four units in the last place of a double. */
const ROUNDING = 4 * Number.EPSILON;

/** Numbers that are closer than this differ by less than rounding to 32 bits would cause. */
const FINER_THAN_FLOAT32 = 1e-12;

/** @param name of the member that holds the numbers */
export function explainNumbers(a: string, b: string, name: string): Finding {
  const [x, y] = [decimalOf(a), decimalOf(b)];
  const [p, q] = [Number(a), Number(b)];
  if (x === null || y === null || !Number.isFinite(p) || !Number.isFinite(q)) return { cause: 'number-value' };
  if (p === q && isInteger(x) && isInteger(y)) return { cause: 'integer-precision', advice: precision(a, b, name) };
  if (p === 0 || q === 0) return { cause: 'number-value' };
  const unit = unitOf(x, y, [p, q], name);
  if (unit !== null) return unit;
  const distance = Math.abs(p - q) / Math.max(Math.abs(p), Math.abs(q));
  if (!(isInteger(x) && isInteger(y)) && distance <= ROUNDING) return { cause: 'float-rounding' };
  const coarse = distance > FINER_THAN_FLOAT32 && Math.fround(p) === Math.fround(q);
  if (coarse && (isFloat32(q, y) || isFloat32(p, x))) return { cause: 'float32-precision' };
  return { cause: 'number-value' };
}

function precision(a: string, b: string, name: string): string {
  return `${a} and ${b} are one double; send ${name === '' ? 'it' : `\`${name}\``} as a string on both sides.`;
}

/** Whether the value is a float32, written as its shortest text (up to 9 digits) or as the equivalent double. */
function isFloat32(value: number, { digits }: Decimal): boolean {
  return Math.fround(value) === value || digits.length <= 9;
}

/** Powers of ten between s, ms, µs and ns. Since a factor of 1000 proves little, the name must indicate a time, too. */
function unitOf(x: Decimal, y: Decimal, [p, q]: readonly [number, number], name: string): Finding | null {
  const units = [epochUnit(p), epochUnit(q)];
  if (units.includes('s') && units.includes('ms')) {
    const [seconds, millis] = units[0] === 's' ? [p, q] : [q, p];
    if (Math.floor(seconds) === Math.floor(millis / 1000)) return { cause: 'timestamp-unit' };
  }
  const power = Math.abs(powerOfTen(x, y) ?? 0);
  if ((power !== 3 && power !== 6 && power !== 9) || !isTimeName(name)) return null;
  return {
    cause: 'duration-unit',
    advice: `One is 10^${power} times the other; send${name === '' ? '' : ` \`${name}\` in`} the unit of stable.`,
  };
}
