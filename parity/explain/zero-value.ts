/** Go's zero values, as they appear in JSON. */

import { isEmpty, isZero, type JsonDoc, keysOf, kindOf, type Node, rawOf, STRIDE, stringOf } from '../../json/index.ts';
import { instantOf } from '../model/index.ts';

/** Structs nested more deeply are not examined. */
const MAX_STRUCTS = 16;

/**
 * Whether the value is `""`, 0, false, `[]`, `{}`, or an object (a struct) that contains only zero values, null and the
 * zero time.
 */
export function isZeroValue(doc: JsonDoc, node: Node, depth = 0): boolean {
  switch (kindOf(doc, node)) {
    case 'string':
      return rawOf(doc, node) === '""';
    case 'number':
      return isZero(rawOf(doc, node));
    case 'boolean':
      return rawOf(doc, node) === 'false';
    case 'array':
      return isEmpty(doc, node);
    case 'object':
      return depth < MAX_STRUCTS && keysOf(doc, node).every((key) => isZeroField(doc, key + STRIDE, depth + 1));
    case 'null':
      return false;
  }
}

function isZeroField(doc: JsonDoc, node: Node, depth: number): boolean {
  return kindOf(doc, node) === 'null' || isZeroTime(doc, node) || isZeroValue(doc, node, depth);
}

export function isZeroTime(doc: JsonDoc, node: Node): boolean {
  return kindOf(doc, node) === 'string' && instantOf(stringOf(doc, node))?.zero === true;
}

/** Whether the object is the JSON of sql.NullString or a similar type: one field next to `Valid`. */
export function isNullStruct(doc: JsonDoc, node: Node): boolean {
  if (kindOf(doc, node) !== 'object') return false;
  const keys = keysOf(doc, node).map((key) => stringOf(doc, key));
  return keys.length === 2 && keys.includes('Valid') && keys.some((key) => NULL_FIELDS.has(key));
}

const NULL_FIELDS: ReadonlySet<string> = new Set([
  'String',
  'Int16',
  'Int32',
  'Int64',
  'Float64',
  'Bool',
  'Byte',
  'Time',
  'V',
]);
