/** The JSON type of the value that an excerpt begins with. */
export function kindOfExcerpt(text: string | null): string {
  if (text === null) return 'absent';
  switch (text[0]) {
    case '{':
      return 'object';
    case '[':
      return 'array';
    case '"':
      return 'string';
    case 't':
    case 'f':
      return 'boolean';
    case 'n':
      return 'null';
    default:
      return 'number';
  }
}
