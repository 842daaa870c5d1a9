/** Texts that contain `{{names}}`. */

/** The value of a name; `json`: its JSON form, if it was taken from JSON. */
export interface Variable {
  readonly text: string;
  readonly json?: string;
}

const NAME = /\{\{\s*([^{}\s]+)\s*\}\}/g;

export function namesIn(text: string): string[] {
  return [...text.matchAll(NAME)].map(([, name = '']) => name);
}

/**
 * Unknown names are left unchanged, because a recorded text may contain braces of its own.
 * @param encode how a value is written there
 */
export function filled(text: string, values: ReadonlyMap<string, Variable>, encode: (text: string) => string): string {
  return text.replaceAll(NAME, (whole, name: string) => {
    const value = values.get(name);
    return value === undefined ? whole : encode(value.text);
  });
}

/**
 * The same within JSON: a string that is only a name becomes the value that was taken, so a number stays a number;
 * within a longer string, the text is inserted.
 */
export function filledJson(text: string, values: ReadonlyMap<string, Variable>): string {
  const asIs = (value: string) => value;
  const escaped = (value: string) => JSON.stringify(value).slice(1, -1);
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|\{\{[^{}]*\}\}/g, (part) => {
    if (!part.startsWith('"')) return filled(part, values, asIs);
    const [, name = ''] = /^"\{\{\s*([^{}\s]+)\s*\}\}"$/.exec(part) ?? [];
    return values.get(name)?.json ?? filled(part, values, escaped);
  });
}
