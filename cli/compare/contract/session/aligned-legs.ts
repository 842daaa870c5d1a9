/**
 * Replaces each side's own names for a thing (a token, an id from its database) by a common name, and removes secrets.
 */
import { decodeContent } from '../../../../capture/bytes/index.ts';
import { decodeAll } from '../../../../capture/format/index.ts';
import type { RawLeg } from '../../../../capture/index.ts';
import { textOf } from '../../../../json/index.ts';
import { momentsAligned } from './moments.ts';
import type { Variable } from './template.ts';
import { secretPattern, valuePattern } from './written-value.ts';

export interface LegsOfBoth {
  readonly stable: RawLeg;
  readonly candidate: RawLeg;
  readonly noise: RawLeg | undefined;
}

type Values = ReadonlyMap<string, Variable>;

/** A shorter value may occur anywhere, so it counts only in the right place. */
const LONG = 4;

/**
 * @param secrets by the name within braces, which replaces them
 * @param places the last step of the JSON pointer from which a variable is taken, by name
 * @param moments the period in which things are created during the run, in milliseconds; null: nothing is
 */
export function alignedLegs(
  legs: LegsOfBoth,
  values: { readonly stable: Values; readonly candidate: Values },
  secrets: ReadonlyMap<string, string>,
  places: ReadonlyMap<string, string>,
  moments: { readonly began: number; readonly now: number } | null,
): LegsOfBoth {
  const made: Replace[] = moments === null ? [] : [(text) => momentsAligned(text, moments.began, moments.now)];
  const hidden = [...secrets].map(([name, value]) => replacing(secretPattern(value), `{{${name}}}`));
  const ofStable: Replace[] = [];
  const ofCandidate: Replace[] = [];
  // A value may have several names, for example a Location that is unchanged on one side and changes on the other.
  const [called, calledThere] = [new Map<string, string>(), new Map<string, string>()];
  for (const [given, { text }] of values.stable) {
    const other = values.candidate.get(given)?.text;
    if (other === undefined || other === text || secrets.has(given)) continue;
    const key = places.get(given);
    if (other.length < LONG) {
      if (key !== undefined) ofCandidate.push(replacingMember(key, other, text));
    } else if (PLAIN.test(text) && PLAIN.test(other)) ofCandidate.push(replacing(valuePattern(other), text));
    else {
      // Encoded in HTML, JSON or a URL it would be another text, so it gets its name on both sides.
      const name = called.get(text) ?? calledThere.get(other) ?? given;
      called.set(text, name);
      calledThere.set(other, name);
      ofStable.push(replacing(valuePattern(text), `{{${name}}}`));
      ofCandidate.push(replacing(valuePattern(other), `{{${name}}}`));
    }
  }
  return {
    stable: changed(legs.stable, [...hidden, ...ofStable, ...made]),
    candidate: changed(legs.candidate, [...hidden, ...ofCandidate, ...made]),
    noise: legs.noise === undefined ? undefined : changed(legs.noise, [...hidden, ...ofStable, ...made]),
  };
}

/** Characters that have the same form in every encoding. */
const PLAIN = /^[\w.~-]+$/;

type Replace = (text: string) => string;

function replacing(pattern: RegExp, by: string): Replace {
  return (text) => text.replaceAll(pattern, () => by);
}

function replacingMember(key: string, value: string, by: string): Replace {
  const pattern = new RegExp(`("${escaped(key)}"\\s*:\\s*"?)${escaped(value)}(?=["\\s,}\\]])`, 'g');
  return (text) => text.replaceAll(pattern, (_, before: string) => before + by);
}

function changed(leg: RawLeg, replaces: readonly Replace[]): RawLeg {
  const change = (text: string) => replaces.reduce((now, replace) => replace(now), text);
  if (replaces.length === 0) return leg;
  if (leg.outcome !== 'response') return { ...leg, detail: change(leg.detail) };
  const headers = leg.headers.map((text, i) => (i % 2 === 0 ? text : change(text)));
  const isCoding = (_: string, i: number) => leg.headers[i - (i % 2)]?.toLowerCase() === 'content-encoding';
  const codings = leg.headers.flatMap((text, i) =>
    i % 2 === 1 && isCoding(text, i) ? text.toLowerCase().split(/\s*,\s*/) : [],
  );
  const decoded = codings.length === 0 ? null : decodeAll(codings, leg.body.data, decodeContent);
  const before = decoded?.outcome === 'decoded' ? decoded.bytes : leg.body.data;
  const text = textOf(Buffer.from(before));
  const after = text.ok ? change(text.value) : null;
  if (!text.ok || after === null || after === text.value) return { ...leg, headers };
  const data = new Uint8Array(Buffer.from(after));
  if (decoded?.outcome === 'decoded') {
    // Changed text is stored decoded, without its content coding.
    const kept = headers.filter((field, i) => !isCoding(field, i));
    return { ...leg, headers: kept, body: { ...leg.body, data, bytes: data.byteLength } };
  }
  const bytes = leg.body.bytes - leg.body.data.byteLength + data.byteLength;
  return { ...leg, headers, body: { ...leg.body, data, bytes } };
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
