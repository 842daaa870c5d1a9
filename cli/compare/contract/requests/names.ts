/** Texts with `{{names}}` that are filled in and encoded when a request is sent. */

/** Encodes the text between names. */
export function aroundNames(text: string, encode: (text: string) => string): string {
  return text
    .split(/(\{\{[^{}]*\}\})/)
    .map((part) => (part.startsWith('{{') ? part : encode(part)))
    .join('');
}
