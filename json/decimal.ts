/** JSON numbers as exact decimals, taken from their text. A double would round values that Go's int64 preserves. */

/** The number is `digits` × 10^`exponent`. The digits have no leading or trailing zeros, and are empty for zero. */
export interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: bigint;
}

/** No meaningful number has an exponent with more digits; such a token equals only itself. */
const MAX_EXPONENT_DIGITS = 40;

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?)0*(\d+))?$/;

/** The decimal that a number token denotes; null for an absurd exponent, or if the text is not a number token. */
export function decimalOf(token: string): Decimal | null {
  const plain = plainInteger(token);
  if (plain !== null) return plain;
  const match = NUMBER.exec(token);
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', exponentSign, exponent = '0'] = match;
  if (exponent.length > MAX_EXPONENT_DIGITS) return null;
  const all = whole + fraction;
  let [start, end] = [0, all.length];
  while (start < end && all.charCodeAt(start) === 48) start++;
  while (end > start && all.charCodeAt(end - 1) === 48) end--;
  const negative = sign === '-';
  if (start === end) return { negative, digits: '', exponent: 0n };
  const written = BigInt(exponent) * (exponentSign === '-' ? -1n : 1n);
  return { negative, digits: all.slice(start, end), exponent: written + BigInt(whole.length - end) };
}

/** A shortcut for short digits that do not end in zero, as in most numbers. */
function plainInteger(token: string): Decimal | null {
  const { length } = token;
  const first = token.charCodeAt(0);
  if (length === 0 || length > 15 || first < 49 || first > 57 || token.charCodeAt(length - 1) === 48) return null;
  for (let i = 1; i < length; i++) if (token.charCodeAt(i) < 48 || token.charCodeAt(i) > 57) return null;
  return { negative: false, digits: token, exponent: 0n };
}

/**
 * The same text for equal numbers, including zero with and without a sign: `1e2` and `100.0` are equal, 2^53 and 2^53 +
 * 1 are not.
 */
export function canonicalNumber(token: string): string {
  const decimal = decimalOf(token);
  if (decimal === null) return token;
  if (decimal.digits === '') return '0';
  return `${decimal.negative ? '-' : ''}${decimal.digits}e${decimal.exponent}`;
}

/** Whether two number tokens denote exactly the same number. */
export function sameNumber(a: string, b: string): boolean {
  return a === b || canonicalNumber(a) === canonicalNumber(b);
}

export function isZero(token: string): boolean {
  return decimalOf(token)?.digits === '';
}

export function isInteger({ digits, exponent }: Decimal): boolean {
  return digits === '' || exponent >= 0n;
}

/** The power of ten by which |b| differs from |a|; null if signs or digits differ, or if one is zero. */
export function powerOfTen(a: Decimal, b: Decimal): number | null {
  if (a.digits === '' || a.digits !== b.digits || a.negative !== b.negative) return null;
  return Number(b.exponent - a.exponent);
}

/** If two numbers are further apart than this many decimal places, distances are computed with doubles. */
const MAX_SCALE = 4000n;

/**
 * Whether |a − b| ≤ `absolute`, or ≤ `relative` × the larger of |a| and |b|. Exact: 1.1 and 1.0 differ by 0.1, which is
 * not the case for doubles. `absolute` and `relative` are taken as the decimals in which they are written.
 */
export function isWithin(a: string, b: string, tolerance: { absolute?: number; relative?: number }): boolean {
  const [x, y] = [decimalOf(a), decimalOf(b)];
  if (x === null || y === null) return false;
  const absolute = decimalOf(String(tolerance.absolute ?? 0));
  const relative = decimalOf(String(tolerance.relative ?? 0));
  if (absolute === null || relative === null) return false;
  const lowest = smallest(x.exponent, y.exponent, absolute.exponent);
  const scaled = [x, y, absolute].map((d) => toScale(d, lowest));
  const [p, q, allowed] = scaled;
  if (p === undefined || q === undefined || allowed === undefined) return false;
  const [distance, size] = [magnitude(p - q), magnitude(p) > magnitude(q) ? magnitude(p) : magnitude(q)];
  if (distance <= allowed) return true;
  const places = relative.exponent < 0n ? 10n ** -relative.exponent : 1n;
  return distance * places <= size * (toScale(relative, smallest(relative.exponent, 0n)) ?? 0n);
}

function toScale({ negative, digits, exponent }: Decimal, lowest: bigint): bigint | undefined {
  const places = exponent - lowest;
  if (places > MAX_SCALE || digits.length > MAX_SCALE) return undefined;
  const size = BigInt(digits === '' ? '0' : digits) * 10n ** places;
  return negative ? -size : size;
}

function smallest(...values: bigint[]): bigint {
  return values.reduce((least, value) => (value < least ? value : least));
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}
