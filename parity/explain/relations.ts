/**
 * What values of one answer keep among themselves while each of them varies: which number is where, and how a list is
 * sorted.
 */
import { type JsonDoc, keysOf, kindOf, memberOf, type Node, rawOf, stringOf } from '../../json/index.ts';
import { instantOf } from '../model/index.ts';

/** As many numbers of one object, and as many elements of one list, are held against each other. */
const MOST_NUMBERS = 16;
const MOST_ELEMENTS = 50;
/** Fewer elements are in an order by chance. */
const LEAST_ELEMENTS = 3;
/** Exchanged, two numbers differ by a fraction of the amount by which they differ in their places. */
const CLEARLY = 4;

/** The numbers of stable that have exchanged their values with another one, such as latitude and longitude. */
export function swappedAmong(a: JsonDoc, xs: readonly Node[], b: JsonDoc, ys: readonly Node[]): Node[] {
  if (xs.length !== ys.length) return [];
  const numbers = xs.slice(0, MOST_NUMBERS).flatMap((node, i) => {
    const other = ys[i] ?? 0;
    if (kindOf(a, node) !== 'number' || kindOf(b, other) !== 'number') return [];
    return [{ node, x: Number(rawOf(a, node)), y: Number(rawOf(b, other)) }];
  });
  const isSwapped = (p: (typeof numbers)[number], q: (typeof numbers)[number]) =>
    CLEARLY * (Math.abs(p.x - q.y) + Math.abs(q.x - p.y)) < Math.abs(p.x - p.y) + Math.abs(q.x - q.y);
  return numbers.filter((p) => numbers.some((q) => q !== p && isSwapped(p, q))).map(({ node }) => node);
}

/** The values of stable that rise or fall from element to element, where the candidate's do not. */
export function turnedIn(a: JsonDoc, xs: readonly Node[], b: JsonDoc, ys: readonly Node[]): Node[] {
  if (Math.min(xs.length, ys.length) < LEAST_ELEMENTS) return [];
  const [ours, theirs] = [xs.slice(0, MOST_ELEMENTS), ys.slice(0, MOST_ELEMENTS)];
  const first = ours[0] ?? 0;
  const names = kindOf(a, first) === 'object' ? keysOf(a, first).map((key) => stringOf(a, key)) : [null];
  return names.flatMap((name) => {
    const nodes = ours.map((node) => valueAt(a, node, name));
    const trend = trendOf(nodes.map((node) => amountOf(a, node)));
    if (trend === 0 || trend === trendOf(theirs.map((node) => amountOf(b, valueAt(b, node, name))))) return [];
    return nodes.filter((node) => node !== undefined);
  });
}

function valueAt(doc: JsonDoc, node: Node, name: string | null): Node | undefined {
  if (name === null) return node;
  return kindOf(doc, node) === 'object' ? memberOf(doc, node, name) : undefined;
}

/** A number, or the nanoseconds of a time; NaN of anything else. */
function amountOf(doc: JsonDoc, node: Node | undefined): number {
  if (node === undefined) return Number.NaN;
  const kind = kindOf(doc, node);
  if (kind === 'number') return Number(rawOf(doc, node));
  return Number(kind === 'string' ? (instantOf(stringOf(doc, node))?.nanos ?? Number.NaN) : Number.NaN);
}

/** 1: each is larger than the one before; -1: smaller; 0: neither. */
function trendOf(amounts: readonly number[]): number {
  const [first = 0, second = 0] = amounts;
  const trend = Math.sign(second - first) || 0;
  return amounts.every((amount, i) => i === 0 || Math.sign(amount - (amounts[i - 1] ?? 0)) === trend) ? trend : 0;
}
