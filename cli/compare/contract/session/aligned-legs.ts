/** Answers in which each side's own names for a thing (a token, an id that its database chose) are one name, and secrets are none. */
import type { RawLeg } from '../../../../capture/index.ts';
import { textOf } from '../../../../json/index.ts';
import type { Variable } from './template.ts';

export interface LegsOfBoth {
  readonly stable: RawLeg;
  readonly candidate: RawLeg;
  readonly noise: RawLeg | undefined;
}

type Values = ReadonlyMap<string, Variable>;

/** Shorter values may stand for anything, so that the place must speak for them. */
const LONG = 4;

/**
 * @param secrets by the name within braces, which is all that is left of them
 * @param places the last step of the JSON pointer from which a variable is taken, by its name
 */
export function alignedLegs(
  legs: LegsOfBoth,
  values: { readonly stable: Values; readonly candidate: Values },
  secrets: ReadonlyMap<string, string>,
  places: ReadonlyMap<string, string>,
): LegsOfBoth {
  const hidden = [...secrets].map(([name, value]) => replacing(value, `{{${name}}}`));
  const renamed = [...values.stable].flatMap(([name, { text }]) => {
    const other = values.candidate.get(name)?.text;
    if (other === undefined || other === text || secrets.has(name)) return [];
    if (other.length >= LONG) return [replacing(other, text)];
    const key = places.get(name);
    return key === undefined ? [] : [replacingMember(key, other, text)];
  });
  return {
    stable: changed(legs.stable, hidden),
    candidate: changed(legs.candidate, [...hidden, ...renamed]),
    noise: legs.noise === undefined ? undefined : changed(legs.noise, hidden),
  };
}

type Replace = (text: string) => string;

function replacing(value: string, by: string): Replace {
  const [written, quoted] = [value, JSON.stringify(value).slice(1, -1)];
  const pattern = new RegExp(
    `(?<![\\w-])(?:${escaped(written)}|${escaped(quoted)}|${escaped(encodeURIComponent(value))})(?![\\w-])`,
    'g',
  );
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
  const text = textOf(Buffer.from(leg.body.data));
  const after = text.ok ? change(text.value) : null;
  if (!text.ok || after === null || after === text.value) return { ...leg, headers };
  const data = new Uint8Array(Buffer.from(after));
  const bytes = leg.body.bytes - leg.body.data.byteLength + data.byteLength;
  return { ...leg, headers, body: { ...leg.body, data, bytes } };
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
