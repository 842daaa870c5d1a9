/** Header fields as they occur in a message, and how their values are parsed (RFC 9110, 5). */

/** Names and values in wire order and wire spelling; repeated fields are kept as repeated entries. */
export type FieldLines = readonly (readonly [name: string, value: string])[];

/** Any message with header fields. */
interface Head {
  readonly headers: FieldLines;
}

export interface Field {
  /** The name in its first spelling. */
  readonly written: string;
  /** Every value, in order. */
  readonly values: string[];
}

/** The fields by name in lower case. */
export function fieldsOf(headers: FieldLines): Map<string, Field> {
  const fields = new Map<string, Field>();
  for (const [written, value] of headers) {
    const name = written.toLowerCase();
    const field = fields.get(name);
    if (field === undefined) fields.set(name, { written, values: [value.trim()] });
    else field.values.push(value.trim());
  }
  return fields;
}

/** The first value of a field, or null. @param name in lower case */
export function firstValue(headers: FieldLines, name: string): string | null {
  return headers.find(([field]) => field.toLowerCase() === name)?.[1].trim() ?? null;
}

export interface MediaType {
  /** `type/subtype` in lower case; empty if the answer names none. */
  readonly type: string;
  /** Names in lower case, values without quotes. */
  readonly parameters: ReadonlyMap<string, string>;
}

export function parseMediaType(value: string | null): MediaType {
  const [type = '', ...rest] = splitOutsideQuotes(value ?? '', ';');
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const at = parameter.indexOf('=');
    if (at > 0) parameters.set(parameter.slice(0, at).trim().toLowerCase(), unquote(parameter.slice(at + 1).trim()));
  }
  return { type: type.trim().toLowerCase(), parameters };
}

export function isRedirect({ status, headers }: Head & { readonly status: number }): boolean {
  return status >= 300 && status < 400 && firstValue(headers, 'location') !== null;
}

export function mediaTypeOf({ headers }: Head): MediaType {
  return parseMediaType(firstValue(headers, 'content-type'));
}

/** The content codings of a body in the order in which they were applied, without `identity`. */
export function codingsOf({ headers }: Head): string[] {
  const values = headers.flatMap(([name, value]) => (name.toLowerCase() === 'content-encoding' ? [value] : []));
  return membersOf(values)
    .map((coding) => coding.toLowerCase())
    .filter((coding) => coding !== 'identity');
}

/** The members of a list-valued field (RFC 9110, 5.6.1): split at commas outside of quotes, without empty members. */
export function membersOf(values: readonly string[]): string[] {
  return values
    .flatMap((value) => splitOutsideQuotes(value, ','))
    .map((member) => member.trim())
    .filter((member) => member !== '');
}

export function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}

/** The parts between separators outside of quoted strings. */
export function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let [start, quoted] = [0, false];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quoted && character === '\\') i++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === separator) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** Converts a list of alternating names and values to pairs. */
export function fieldPairs(raw: readonly string[]): [string, string][] {
  const list: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) list.push([raw[i] ?? '', raw[i + 1] ?? '']);
  return list;
}
