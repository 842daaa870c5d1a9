/** Compares two bodies byte by byte if their format is unknown, or if they are not in the format that they declare. */
import type { Cause } from '../../causes/index.ts';
import { type BodyDifference, why } from '../../model/index.ts';
import { bodyDifference } from './json.ts';

/** Call only if the bodies differ. The advice names the first byte that differs. */
export function compareBytes(a: Uint8Array, b: Uint8Array, cause: Cause = 'body-bytes'): BodyDifference {
  const advice = `${why(cause).advice} The first byte that differs is number ${firstDifference(a, b)} (from 0).`;
  return bodyDifference(cause, '', signature(a), signature(b), advice);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && firstDifference(a, b) === a.length;
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const end = Math.min(a.length, b.length);
  let i = 0;
  while (i < end && a[i] === b[i]) i++;
  return i;
}

/** The length and the first bytes, which identify the format of most binary files. */
function signature(bytes: Uint8Array): string {
  const magic = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${bytes.length} bytes (${magic}…)`;
}
