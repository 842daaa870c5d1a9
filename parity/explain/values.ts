/** Explains why two JSON values at the same place differ. */

import {
  decimalOf,
  isEmpty,
  type JsonDoc,
  type JsonKind,
  kindOf,
  type Node,
  rawOf,
  sameNumber,
  stringOf,
} from '../../json/index.ts';
import { epochUnit, type Finding, instantOf } from '../model/index.ts';
import { arrayBytes, bufferBytes, isBase64Of, isBase64OfLength } from './base64.ts';
import { explainNumbers } from './numbers.ts';
import { explainStrings } from './strings.ts';
import { isNullStruct, isZeroTime, isZeroValue } from './zero-value.ts';

/**
 * The values must not be equivalent, nor both arrays, nor both objects.
 * @param name of the member that holds them, or empty
 */
export function explainValues(a: JsonDoc, x: Node, b: JsonDoc, y: Node, name: string): Finding {
  const [kind, other] = [kindOf(a, x), kindOf(b, y)];
  if (kind === 'number' && other === 'number') return explainNumbers(rawOf(a, x), rawOf(b, y), name);
  if (kind === 'string' && other === 'string') return explainStrings(stringOf(a, x), stringOf(b, y), name);
  if (kind === other) return { cause: 'value' };
  if (isNullStruct(a, x) !== isNullStruct(b, y)) return { cause: 'null-struct' };
  if (other === 'null') return fromNull(a, x, kind, name) ?? zeroForNull(a, x, 'null-for-zero');
  if (kind === 'null') return zeroForNull(b, y, 'zero-for-null');
  if (kind === 'string') return againstString(a, x, b, y);
  if (other === 'string') return againstString(b, y, a, x);
  return { cause: 'type', ...typeAdvice(kind, other) };
}

/** Stable has a value and the candidate has null. */
function fromNull(a: JsonDoc, x: Node, kind: JsonKind, name: string): Finding | null {
  const field = name === '' ? '' : ` for \`${name}\``;
  if (kind === 'array' && isEmpty(a, x)) {
    const advice = `Send an empty array${field}.`;
    return { cause: 'null-for-empty-array', advice };
  }
  if (kind === 'object' && isEmpty(a, x)) {
    const advice = `Send an empty object${field}.`;
    return { cause: 'null-for-empty-object', advice };
  }
  return null;
}

/** The other side has null. */
function zeroForNull(doc: JsonDoc, node: Node, cause: 'zero-for-null' | 'null-for-zero'): Finding {
  if (isZeroTime(doc, node)) return { cause: 'zero-time' };
  return { cause: isZeroValue(doc, node) ? cause : 'type' };
}

/** One value is a string, the other is neither a string nor null. */
function againstString(text: JsonDoc, string: Node, doc: JsonDoc, node: Node): Finding {
  const kind = kindOf(doc, node);
  const value = stringOf(text, string);
  if (kind === 'number') return numberInText(value, rawOf(doc, node));
  const buffer = bufferBytes(doc, node);
  if (buffer !== null) {
    if (isBase64Of(text, string, buffer)) return { cause: 'buffer-as-base64' };
    if (isBase64OfLength(value, buffer.length))
      return { cause: 'buffer-as-base64', advice: 'The bytes differ as well.' };
  }
  const bytes = arrayBytes(doc, node);
  if (bytes !== null && bytes.length > 0) {
    const uuid = bytes.length === 16 && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
    if (uuid || isBase64Of(text, string, bytes)) return { cause: 'bytes-as-array' };
  }
  const inText = kind === 'boolean' && value === rawOf(doc, node);
  return inText ? { cause: 'type', advice: 'Send the boolean, not its text.' } : { cause: 'type' };
}

function numberInText(text: string, number: string): Finding {
  const instant = instantOf(text);
  if (instant !== null && isEpochOf(instant.nanos, Number(number))) return { cause: 'timestamp-as-number' };
  if (decimalOf(text) === null) return { cause: 'type' };
  return sameNumber(text, number)
    ? { cause: 'number-type' }
    : { cause: 'number-type', advice: 'Send the JSON type that stable sends; the number differs as well.' };
}

function isEpochOf(nanos: bigint, value: number): boolean {
  const unit = epochUnit(value);
  if (unit === null) return false;
  return Math.abs(Number(nanos / 1_000_000n) / (unit === 's' ? 1000 : 1) - value) < 1;
}

function typeAdvice(kind: JsonKind, other: JsonKind): { advice?: string } {
  const kinds = [kind, other];
  if (kinds.includes('boolean') && kinds.includes('number')) {
    return { advice: 'A boolean in one, a number in the other, as of a tinyint(1).' };
  }
  if (kinds.includes('array') && kinds.includes('object')) {
    return {
      advice:
        'One side sends an array, the other an object: send a list even if it has one element, and never a map for a list.',
    };
  }
  return {};
}

/** A member that stable sends and the candidate does not. */
export function explainMissing(a: JsonDoc, value: Node, name: string): Finding {
  if (isZeroTime(a, value)) return { cause: 'zero-time' };
  if (kindOf(a, value) === 'null') return { cause: 'null-omitted' };
  if (isZeroValue(a, value)) {
    return { cause: 'zero-value-omitted', advice: `Send \`${name}\` with its empty value.` };
  }
  return { cause: 'key-missing', advice: `Send \`${name}\`.` };
}

/** A member that the candidate sends and stable does not. */
export function explainAdded(b: JsonDoc, value: Node, name: string): Finding {
  if (isZeroTime(b, value)) {
    return { cause: 'zero-time', advice: `Leave \`${name}\` out where there is no time.` };
  }
  if (kindOf(b, value) === 'null') return { cause: 'null-added' };
  if (isZeroValue(b, value)) return { cause: 'zero-value-added' };
  return { cause: 'key-added', advice: `Leave \`${name}\` out.` };
}
