/** Converts formats that are a sequence of JSON texts (NDJSON, RFC 7464, server-sent events) to one JSON array. */
import { isJson } from '../../../json/index.ts';
import { areElements } from './json.ts';

/**
 * Prefixes that clients and frameworks remove before parsing: a byte order mark, and guards against script inclusion.
 */
const GUARD = /^\uFEFF?(?:\)\]\}'?,?|while\s*\(\s*1\s*\)\s*;|for\s*\(\s*;\s*;\s*\)\s*;|\{\}&&)?/;

/** Removes a guard that both texts begin with; otherwise returns them unchanged. */
export function withoutGuard(a: string, b: string): readonly [string, string] {
  const [x = '', y = ''] = [GUARD.exec(a)?.[0], GUARD.exec(b)?.[0]];
  return x === '' || x !== y ? [a, b] : [a.slice(x.length), b.slice(y.length)];
}

export function guarded(text: string): string {
  return text.slice(GUARD.exec(text)?.[0].length ?? 0);
}

/**
 * The argument that a script passes to its function (JSONP), as Express and others write it, and the function's name;
 * null if the text is not such a call.
 */
export function callOf(script: string): { readonly callback: string; readonly argument: string } | null {
  const text = script.trimEnd().replace(/;$/, '').trimEnd();
  const [head, , callback = ''] = CALL.exec(text) ?? [];
  return head === undefined || !text.endsWith(')') ? null : { callback, argument: text.slice(head.length, -1) };
}

const CALL = /^(?:\/\*\*\/)? ?(?:typeof ([\w$.]+) === 'function' && )?([\w$.]+)\(/;

/** Combines lines, or records after RS, into one array. null if one of them is not JSON. */
export function arrayOfLines(text: string): string | null {
  const texts = text
    .split(text.includes(RECORD) ? RECORD : '\n')
    // Only the white space of JSON, because `trim` would also remove a byte order mark.
    .filter((line) => line.charCodeAt(0) > SPACE || /[^\t\r\n ]/.test(line));
  const array = `[${texts.join(',')}]`;
  return texts.length > 0 && areElements(array, texts) ? array : null;
}

const SPACE = 32;
/** RFC 7464: record separator. */
const RECORD = '\u001e';

/** Whether a reader of one format would find nothing in the other, because lines have no separators. */
export function areOfOneSequence(a: string, b: string): boolean {
  return a.includes(RECORD) === b.includes(RECORD);
}

/**
 * The events of two streams (text/event-stream; HTML standard, 9.2.6), each as an array of objects; data that is JSON
 * is inserted as JSON. Comments, blank lines and names without data are ignored. Browsers never dispatch an event that
 * no blank line ends, so it counts only if both streams end that way.
 */
export function arraysOfEvents(a: string, b: string): readonly [string, string] {
  const [x, y] = [eventsOf(a), eventsOf(b)];
  const bothEndWithin = x.unfinished !== null && y.unfinished !== null;
  const array = ({ events, unfinished }: Events) =>
    `[${(bothEndWithin && unfinished !== null ? [...events, unfinished] : events).join(',')}]`;
  return [array(x), array(y)];
}

interface Events {
  readonly events: readonly string[];
  readonly unfinished: string | null;
}

function eventsOf(text: string): Events {
  const blocks = text
    .replace(/^\uFEFF/, '')
    .replaceAll(/\r\n?/g, '\n')
    .split(/\n{2,}/);
  const last = blocks.pop() ?? '';
  const known = { id: '' };
  const events = blocks.map((block) => eventOf(block, known)).filter((event) => event !== null);
  return { events, unfinished: eventOf(last, known) };
}

/**
 * Returns null if the block contains no event.
 * @param known the id that stays in effect until another one arrives; repeating it changes nothing
 */
function eventOf(block: string, known: { id: string }): string | null {
  const fields = new Map<string, string[]>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1);
    const before = name === 'data' ? fields.get(name) : undefined;
    if (before !== undefined) before.push(value);
    else if (name !== '' && !isIgnored(name, value)) fields.set(name, [value]);
  }
  const [id = known.id] = fields.get('id') ?? [];
  if (id === known.id) fields.delete('id');
  known.id = id;
  if (!fields.has('data')) fields.delete('event');
  return ['data', 'id', 'retry'].some((name) => fields.has(name)) ? objectOf(fields) : null;
}

/** Whether browsers ignore the field (HTML standard, 9.2.6). */
function isIgnored(name: string, value: string): boolean {
  return (name === 'retry' && !/^\d+$/.test(value)) || (name === 'id' && value.includes('\0'));
}

function objectOf(fields: ReadonlyMap<string, readonly string[]>): string {
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

/** A single value for each, or arrays of the values in sequence: a list of two elements is not two values. */
export function wholesOf(a: readonly string[], b: readonly string[]): readonly [string, string] {
  const [[x], [y]] = [a, b];
  const single = a.length === 1 && b.length === 1;
  return single && x !== undefined && y !== undefined ? [x, y] : [`[${a.join(',')}]`, `[${b.join(',')}]`];
}
