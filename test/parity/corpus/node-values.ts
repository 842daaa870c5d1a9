/** What GET /json/{case} sends on the Node side; its Go side is corpus-go/values.go. */

const at = (iso: string) => new Date(iso);

export const NODE_VALUES: Readonly<Record<string, unknown>> = {
  'nil-slice': { items: [] },
  'nil-map': { labels: {} },
  'nil-bytes': { data: '' },
  omitempty: { count: 0, name: '', on: false, id: 1 },
  'undefined-zero': { id: 1, count: undefined },
  'undefined-null': { id: 1, name: undefined },
  'null-zero': { name: null },
  'zero-null': { name: '' },
  'wrong-tag': { userId: 7 },
  'no-tag': { id: 7 },
  html: { html: '<a&b>\u2028' },
  'html-key': { '<a&b>': 1 },
  // biome-ignore lint/correctness/noPrecisionLoss: that JavaScript rounds it is what the row is about.
  int64: { id: 9007199254740993 },
  'negative-zero': { n: -0 },
  nan: { ratio: Number.NaN },
  time: { a: at('2026-11-24T08:00:00.120Z'), b: at('2026-11-24T08:00:00Z'), c: at('2026-11-24T08:00:00.123Z') },
  'time-zone': { at: at('2026-11-24T08:00:00.120Z') },
  'time-unix': { at: at('2026-11-24T08:00:00Z') },
  'zero-time': { deletedAt: null },
  buffer: { data: Buffer.from('hello') },
  'byte-array': { data: Buffer.from('hello').toString('base64') },
  'duration-ms': { timeout: 1500 },
  'duration-s': { timeout: 90 },
  'duration-text': { timeout: 1500 },
  'map-keys': { b: 1, a: 2, 10: 3, 2: 4 },
  'int-keys': { 2: 'b', 10: 'a' },
  'short-escapes': { text: 'a\bb\fc' },
  'old-escapes': { text: 'a\bb\fc' },
  'lone-surrogate': { text: 'a\ud800b' },
  surrogate: { text: 'a\ud800b' },
  'invalid-utf8': { text: 'a\ufffdb' },
  'float-format': { a: 1e21, b: 1e-7, c: 100 },
  float64: { a: 1e21, b: 1e-7, c: 100, d: 1e20, e: 0.1 },
  'float32-wide': { price: 0.1 },
  float32: { price: 0.1 },
  'big-int': { id: String(12345678901234567890n) },
  'string-option': { id: 7 },
  enum: { state: 'active' },
  'raw-duplicates': { a: 2 },
  order: { ids: [3, 1, 2] },
  shorter: { ids: [1, 2, 3] },
  null: null,
  embedded: { base: { id: 7 }, name: 'x' },
  error: { error: new Error('boom') },
};

/** What a Node service passes through without parsing it. */
export const NODE_TEXTS: Readonly<Record<string, string>> = { 'int-any': '{"id":9007199254740993}' };
