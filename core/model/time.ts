/**
 * ISO-8601 durations of fixed length (weeks, days, hours, minutes, seconds). Months and years have no fixed length and
 * are refused.
 */
import * as z from 'zod';

const PATTERN = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const SECONDS = [604_800, 86_400, 3_600, 60, 1] as const;

/** The whole seconds of an ISO-8601 duration; undefined if the text is not one. */
export function parseDuration(text: string): number | undefined {
  const match = PATTERN.exec(text);
  if (match === null || text === 'P' || text.endsWith('T')) return undefined;
  return SECONDS.reduce((sum, unit, i) => sum + unit * Number(match[i + 1] ?? 0), 0);
}

/** The shortest ISO-8601 form of `seconds` (an integer ≥ 0). */
export function formatDuration(seconds: number): string {
  if (seconds === 0) return 'PT0S';
  const [d, h, m, s] = partsOf(seconds);
  const time = `${h ? `${h}H` : ''}${m ? `${m}M` : ''}${s ? `${s}S` : ''}`;
  return `P${d ? `${d}D` : ''}${time ? `T${time}` : ''}`;
}

/** The same in words, such as `4 d 5 h 15 min`. */
export function spokenDuration(seconds: number): string {
  const units = ['d', 'h', 'min', 's'] as const;
  const parts = partsOf(seconds).flatMap((amount, i) => (amount === 0 ? [] : [`${amount} ${units[i]}`]));
  return parts.length === 0 ? '0 min' : parts.join(' ');
}

/** Days, hours, minutes and seconds. */
function partsOf(seconds: number): [number, number, number, number] {
  return [
    Math.floor(seconds / 86_400),
    Math.floor((seconds % 86_400) / 3_600),
    Math.floor((seconds % 3_600) / 60),
    seconds % 60,
  ];
}

/**
 * A plan's duration: ISO-8601 text in JSON, and whole seconds between `min` and `max` in memory (a bidirectional zod
 * codec).
 */
export function durationSchema(min: number, max: number) {
  const [shortest, longest] = [formatDuration(min), formatDuration(max)];
  // The range is for the JSON Schema, whose `minimum` applies only to numbers.
  const text = z.string().meta({ format: 'duration', 'x-range': `${shortest} to ${longest}` });
  return z.codec(text, z.int(), {
    decode: (text, payload) => {
      const seconds = parseDuration(text);
      if (seconds !== undefined && seconds >= min && seconds <= max) return seconds;
      const message =
        seconds === undefined
          ? `must be an ISO-8601 duration such as PT1H or P2D (got "${text}")`
          : `must be ${shortest} to ${longest} (got ${text})`;
      payload.issues.push({ code: 'custom', message, input: text });
      return z.NEVER;
    },
    encode: formatDuration,
  });
}

/**
 * Instants: milliseconds since the epoch in memory, ISO-8601 UTC in JSON. Conversion only; time comes from the Clock
 * port.
 */

/** Milliseconds since the epoch, as ISO-8601 in UTC. */
export function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Milliseconds since the epoch; NaN for text that is not ISO-8601. */
export function fromIso(text: string): number {
  return Date.parse(text);
}
