/** Compares two bodies of application/x-www-form-urlencoded. Pointer: `/<field>/<index of the value>`. */

import { pointerStep } from '../../../http/index.ts';
import type { BodyDifference } from '../../model/index.ts';
import { bodyDifference, MAX_DIFFERENCES } from './json.ts';

/** Call only if the bodies differ. */
export function compareForms(stable: string, candidate: string): BodyDifference[] {
  const [a, b] = [fieldsOf(stable), fieldsOf(candidate)];
  const found: BodyDifference[] = [];
  for (const name of new Set([...a.keys(), ...b.keys()])) {
    if (found.length >= MAX_DIFFERENCES) return [...found, bodyDifference('too-many-differences', '', null, null)];
    found.push(...compareField(name, a.get(name), b.get(name)));
  }
  if (found.length > 0) return found;
  const sameOrder = [...a.keys()].join('&') === [...b.keys()].join('&');
  return [bodyDifference(sameOrder ? 'string-escape' : 'key-order', '', stable, candidate)];
}

function compareField(name: string, a: string[] | undefined, b: string[] | undefined): BodyDifference[] {
  const place = pointerStep(name);
  if (a === undefined) return [bodyDifference('key-added', place, null, b?.[0] ?? '')];
  if (b === undefined) return [bodyDifference('key-missing', place, a[0] ?? '', null)];
  const count = Math.max(a.length, b.length);
  for (let i = 0; i < count; i++) {
    if (a[i] !== b[i]) return [bodyDifference('form-value', `${place}/${i}`, a[i] ?? null, b[i] ?? null)];
  }
  return [];
}

/**
 * Values by name, in order. A sequence that is not valid UTF-8 after unescaping stays escaped, so that different bytes
 * never compare equal.
 */
function fieldsOf(text: string): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = unescaped(at < 0 ? pair : pair.slice(0, at));
    const values = fields.get(name) ?? [];
    values.push(unescaped(at < 0 ? '' : pair.slice(at + 1)));
    fields.set(name, values);
  }
  return fields;
}

function unescaped(text: string): string {
  if (!text.includes('%')) return text.replaceAll('+', ' ');
  return text.replaceAll(ESCAPED_UTF8, '').includes('%') ? text : decodeURIComponent(text.replaceAll('+', ' '));
}

/** Well-formed UTF-8 (Unicode 15.0, table 3-7) with each byte escaped. Testing costs a tenth of an exception. */
const ESCAPED_UTF8 = new RegExp(
  [
    '%[0-7]~',
    '%(?:c[2-9a-f]|d~)T',
    '%e0%[ab]~T',
    '%e[1-9a-cef]T{2}',
    '%ed%[89]~T',
    '%f0%[9ab]~T{2}',
    '%f[1-3]T{3}',
    '%f4%8~T{2}',
  ]
    .join('|')
    .replaceAll('T', '(?:%[89ab]~)')
    .replaceAll('~', '[\\da-f]'),
  'gi',
);
