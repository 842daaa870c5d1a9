/** Which comparer reads a body, by its media type. */

export type Kind = 'json' | 'json-lines' | 'markup' | 'form' | 'multipart' | 'text' | 'unnamed' | 'binary';

const MARKUP = new Set(['text/html', 'text/xml', 'application/xml']);
const JSON_LINES = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
]);
const TEXT = new Set([
  'application/javascript',
  'application/ecmascript',
  'application/yaml',
  'application/x-yaml',
  'application/toml',
  'application/graphql',
  'application/sql',
]);

/** `type` in lower case, without parameters. */
export function kindOfMedia(type: string): Kind {
  if (type === '') return 'unnamed';
  if (isJsonType(type)) return 'json';
  if (JSON_LINES.has(type)) return 'json-lines';
  if (MARKUP.has(type) || type.endsWith('+xml')) return 'markup';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type.startsWith('multipart/')) return 'multipart';
  return type.startsWith('text/') || TEXT.has(type) ? 'text' : 'binary';
}

export function isJsonType(type: string): boolean {
  return type === 'application/json' || type === 'text/json' || type.endsWith('+json');
}
