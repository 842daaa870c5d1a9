/** Formats that are a sequence of JSON texts (NDJSON, RFC 7464, server-sent events), written as one JSON array. */
import { isJson } from './json.ts';

/** What browsers' clients and frameworks take off before they parse: a byte order mark, a guard against script inclusion. */
const GUARD = /^\uFEFF?(?:\)\]\}'?,?|while\s*\(\s*1\s*\)\s*;|for\s*\(\s*;\s*;\s*\)\s*;|\{\}&&)?/;

/** Both texts without the guard that both begin with; as they are where they begin otherwise. */
export function withoutGuard(a: string, b: string): readonly [string, string] {
  const [x = '', y = ''] = [GUARD.exec(a)?.[0], GUARD.exec(b)?.[0]];
  return x === '' || x !== y ? [a, b] : [a.slice(x.length), b.slice(y.length)];
}

export function guarded(text: string): string {
  return text.slice(GUARD.exec(text)?.[0].length ?? 0);
}

/** Lines, or records behind RS, of which each is JSON: as one array. null where one is not. */
export function arrayOfLines(text: string): string | null {
  const texts = text
    .split(text.includes(RECORD) ? RECORD : '\n')
    // JSON’s own white space alone: `trim` takes a byte order mark off as well.
    .map((line) => line.replaceAll(/^[\t\r\n ]+|[\t\r\n ]+$/g, ''))
    .filter((line) => line !== '');
  return texts.length > 0 && texts.every(isJson) ? `[${texts.join(',')}]` : null;
}

/** RFC 7464: record separator. */
const RECORD = '\u001e';

/**
 * The events of text/event-stream (HTML standard, 9.2.6) as one array of objects; data that is JSON is taken as such. Comments
 * and blank lines say nothing; what no blank line ends is never dispatched, nor is a name without data.
 */
export function arrayOfEvents(text: string): string {
  const events: string[] = [];
  const blocks = text
    .replace(/^\uFEFF/, '')
    .replaceAll(/\r\n?/g, '\n')
    .split(/\n{2,}/);
  for (const block of blocks.slice(0, -1)) {
    const fields = new Map<string, string[]>();
    for (const line of block.split('\n')) {
      const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (name !== '') fields.set(name, name === 'data' ? [...(fields.get(name) ?? []), value] : [value]);
    }
    if (!fields.has('data')) fields.delete('event');
    if (['data', 'id', 'retry'].some((name) => fields.has(name))) events.push(eventOf(fields));
  }
  return `[${events.join(',')}]`;
}

function eventOf(fields: ReadonlyMap<string, readonly string[]>): string {
  const members = ['event', 'id', 'retry'].flatMap((name) => {
    const value = fields.get(name)?.[0];
    return value === undefined || (name === 'event' && value === 'message')
      ? []
      : [`"${name}":${JSON.stringify(value)}`];
  });
  const data = fields.get('data')?.join('\n');
  if (data !== undefined) members.push(`"data":${isJson(data) ? data : JSON.stringify(data)}`);
  return `{${members.join(',')}}`;
}
