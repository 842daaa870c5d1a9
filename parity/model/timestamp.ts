/** Timestamps in text: the instant, to the nanosecond, and the layout in which it is written. */
import { httpDate } from '../../http/index.ts';

export interface Instant {
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  readonly nanos: bigint;
  /** Length of the unit in which it is written, in nanoseconds: 10^6 for `.120Z`. */
  readonly unit: bigint;
  /**
   * What a parser of the layout must expect: `T` or a space, the number of fraction digits, `Z` or an offset, or
   * `http`.
   */
  readonly layout: string;
  /** Go's zero time.Time, 0001-01-01T00:00:00Z. */
  readonly zero: boolean;
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)([Tt ])(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,12}))?(?: ?(Z|z|[+-]\d\d:?\d\d))?$/;
/** RFC 9110's dates, Date.toUTCString, Go's RFC1123 and RFC1123Z, and those of RSS and mail (RFC 5322, 3.3). */
const WORDED = /^[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC|([+-]\d{4}))$/;
const SECOND = 1_000_000_000n;

/**
 * The instant that `text` denotes, or null if it is not a timestamp. A local time (without a zone) counts as UTC, with
 * a layout of its own.
 */
export function instantOf(text: string): Instant | null {
  if (text.length < 19 || text.length > 40) return null;
  const match = RFC3339.exec(text);
  if (match === null) return worded(text);
  const [, year = '', month = '', day = '', separator, hour = '', minute = '', second = '', fraction = '', zone] =
    match;
  const ms = utc(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second));
  if (ms === null) return null;
  const digits = BigInt(fraction.padEnd(9, '0').slice(0, 9));
  const nanos = BigInt(ms) * 1_000_000n + digits - offsetMinutes(zone) * 60n * SECOND;
  const unit = fraction.length >= 9 ? 1n : 10n ** BigInt(9 - fraction.length);
  const written = zone === undefined ? 'local' : /^[zZ]$/.test(zone) ? zone : zone.includes(':') ? '+00:00' : '+0000';
  return { nanos, unit, layout: `${separator}.${fraction.length}${written}`, zero: nanos === ZERO_TIME };
}

function worded(text: string): Instant | null {
  const match = WORDED.exec(text);
  const ms = match === null ? null : httpDate(text);
  if (ms === null) return null;
  const layout = match?.[1] === undefined ? 'http' : 'http+0000';
  return { nanos: BigInt(ms) * 1_000_000n, unit: SECOND, layout, zero: false };
}

/** Words or digits: no reader of the one reads the other. */
export const sameNotation = (a: Instant, b: Instant) => a.layout.startsWith('http') === b.layout.startsWith('http');

const ZERO_TIME = -62_135_596_800n * SECOND;

/**
 * Whether both are the same instant in the unit of the coarser one, after truncating or rounding. For example, `.1` is
 * neither for `.01`.
 */
export function sameToTheCoarser(a: Instant, b: Instant): boolean {
  if (a.unit === b.unit) return false;
  const [coarse, fine] = a.unit > b.unit ? [a, b] : [b, a];
  const cut = fine.nanos - coarse.nanos;
  return cut >= 0n ? cut < coarse.unit : -2n * cut <= coarse.unit;
}

/** Whether a number of seconds or milliseconds since 1970 is a date between 2001 and 2128, as most dates are. */
export function epochUnit(value: number): 's' | 'ms' | null {
  if (value >= 1e9 && value < 5e9) return 's';
  return value >= 1e12 && value < 5e12 ? 'ms' : null;
}

/** Milliseconds since 1970, or null if a field is out of range. Years below 100 are taken literally. */
function utc(year: number, month: number, day: number, hour: number, minute: number, second: number): number | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, 0);
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real && hour < 24 && minute < 60 && second < 60 ? date.getTime() : null;
}

function offsetMinutes(zone: string | undefined): bigint {
  if (zone === undefined || /^[zZ]$/.test(zone)) return 0n;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return BigInt(zone.startsWith('-') ? -minutes : minutes);
}
