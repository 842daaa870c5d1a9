/** Chooses the comparer of a body by its media type. */

export type Kind =
  | 'json'
  | 'json-lines'
  | 'events'
  | 'table'
  | 'markup'
  | 'form'
  | 'multipart'
  | 'yaml'
  | 'message'
  | 'text'
  | 'unnamed'
  | 'binary';

const MARKUP = new Set(['text/html', 'text/xml', 'application/xml']);
const JSON_LINES = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
  'application/jsonlines',
  'application/json-lines',
  'application/x-json-stream',
  'application/stream+json',
  'application/x-ldjson',
  'application/json-seq',
  'text/x-ndjson',
]);
const TABLES = new Set(['text/csv', 'application/csv', 'text/tab-separated-values']);
const TEXT = new Set([
  'application/openmetrics-text',
  'application/javascript',
  'application/ecmascript',
  'application/toml',
  'application/graphql',
  'application/vnd.apple.mpegurl',
  'application/x-mpegurl',
  'application/sql',
]);

const YAML = new Set(['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml', 'text/vnd.yaml']);

/** @param type in lower case, without parameters */
export function kindOfMedia(type: string): Kind {
  if (type === '') return 'unnamed';
  if (JSON_LINES.has(type) || type.endsWith('+json-seq')) return 'json-lines';
  if (isJsonType(type)) return 'json';
  if (type === 'text/event-stream') return 'events';
  if (TABLES.has(type)) return 'table';
  if (MARKUP.has(type) || type.endsWith('+xml')) return 'markup';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type.startsWith('multipart/')) return 'multipart';
  if (YAML.has(type) || type.endsWith('+yaml')) return 'yaml';
  if (messageFormatOf(type) !== null) return 'message';
  return type.startsWith('text/') || TEXT.has(type) ? 'text' : 'binary';
}

/** Includes vendors' own JSON types, such as `application/x-amz-json-1.1`. */
const JSON_TYPE = /^(?:application|text)\/(?:[\w.-]+[-.])?json(?:-\d[\d.]*)?$/;

export function isJsonType(type: string): boolean {
  return JSON_TYPE.test(type) || type.endsWith('+json');
}

/** Binary messages whose fields can be read without a schema. */
export type MessageFormat = 'cbor' | 'messagepack' | 'protobuf' | 'grpc' | 'grpc-text';

const MESSAGES: Readonly<Record<string, MessageFormat>> = {
  'application/cbor': 'cbor',
  'application/cbor-seq': 'cbor',
  'application/msgpack': 'messagepack',
  'application/x-msgpack': 'messagepack',
  'application/vnd.msgpack': 'messagepack',
  'application/protobuf': 'protobuf',
  'application/x-protobuf': 'protobuf',
  'application/vnd.google.protobuf': 'protobuf',
  'application/grpc': 'grpc',
  'application/grpc+proto': 'grpc',
  'application/grpc-web': 'grpc',
  'application/grpc-web+proto': 'grpc',
  'application/grpc-web-text': 'grpc-text',
  'application/grpc-web-text+proto': 'grpc-text',
};

/** Returns null for every other media type. */
export function messageFormatOf(type: string): MessageFormat | null {
  if (type.endsWith('+cbor')) return 'cbor';
  return Object.hasOwn(MESSAGES, type) ? (MESSAGES[type] ?? null) : null;
}
