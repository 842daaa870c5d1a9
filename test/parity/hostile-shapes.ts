/** Bodies made to be expensive, by format. */
/** Both sides of one shape with `n` repetitions. */
type Shape = (n: number) => readonly [stable: string | Uint8Array, candidate: string | Uint8Array];
const ending =
  (body: (n: number) => string, ...[x, y]: [string, string]): Shape =>
  (n) => [body(n) + x, body(n) + y];
const times =
  (part: string, x = '', y = 'x'): Shape =>
  (n) => [part.repeat(n) + x, part.repeat(n) + y];
const each =
  (part: (i: number) => string, other: (i: number) => string, glue = ''): Shape =>
  (n) =>
    [part, other].map((of) => Array.from({ length: n }, (_, i) => of(i)).join(glue)) as never;

export const JSON_TYPE = 'application/json';
export const XML = 'application/xml';
const [HTML, CSV, TEXT] = ['text/html', 'text/csv', 'text/plain'];
const [LINES, EVENTS, FORM] = ['application/x-ndjson', 'text/event-stream', 'application/x-www-form-urlencoded'];
export const PROTOBUF = 'application/x-protobuf';
export const PACKED = 'application/msgpack';
const GRPC = 'application/grpc';
const YAML = 'application/yaml';
export const PARTS = 'multipart/form-data; boundary=a';
/** Nesting just below the limit for markup documents. */
const DEEP = 500;

const TEXTS: readonly (readonly [name: string, type: string, shape: Shape])[] = [
  ['arrays in arrays', JSON_TYPE, (n) => [`${'['.repeat(n)}1${']'.repeat(n)}`, `${'['.repeat(n)}2${']'.repeat(n)}`]],
  [
    'objects in objects',
    JSON_TYPE,
    (n) => [`${'{"a":'.repeat(n)}1${'}'.repeat(n)}`, `${'{"a":'.repeat(n)}2${'}'.repeat(n)}`],
  ],
  ['arrays that never end', JSON_TYPE, times('[', '', '[')],
  ['one key over and over', JSON_TYPE, ending((n) => `{${'"a":1,'.repeat(n)}`, '"a":1}', '"a":2}')],
  ['keys that are all others', JSON_TYPE, (n) => [keys('a', n), keys('b', n)]],
  ['elements that are all others', JSON_TYPE, (n) => [elements('a', n), elements('b', n)]],
  ['elements in reverse', JSON_TYPE, (n) => [elements('a', n), elements('a', n, true)]],
  ['a string that never ends', JSON_TYPE, ending((n) => `"${'\\"'.repeat(n)}`, '', 'a')],
  ['white space within', JSON_TYPE, (n) => [`[1${' '.repeat(n)}]`, `[2${' '.repeat(n)}]`]],
  [
    'elements in elements',
    XML,
    (n) => [`${'<a>'.repeat(n)}${'</a>'.repeat(n)}`, `${'<a>'.repeat(n)}x${'</a>'.repeat(n)}`],
  ],
  ['elements that never end', XML, times('<a>')],
  ['ends without beginnings', XML, ending((n) => '<a>'.repeat(DEEP) + '</b>'.repeat(n), '', 'x')],
  ['namespaces in depth', XML, (n) => [namespaces(n, '1'), namespaces(n, '2')]],
  [
    'attributes',
    XML,
    each(
      (i) => `${i === 0 ? '<a ' : ''}b${i}="c" `,
      (i) => `${i === 0 ? '<a ' : ''}b${i}="d" `,
    ),
  ],
  ['attributes of an element that ends', XML, (n) => [attributes('c', n), attributes('d', n)]],
  ['comments that never end', XML, times('<!--')],
  ['CDATA that never ends', XML, times('<![CDATA[')],
  ['instructions that never end', XML, times('<?a ')],
  ['doctypes that never end', XML, times('<!DOCTYPE a [')],
  ['references', XML, (n) => [`<a>${'&amp;'.repeat(n)}</a>`, `<a>${'&lt;'.repeat(n)}</a>`]],
  ['siblings that are all others', XML, (n) => [siblings('a', n), siblings('b', n)]],
  ['blocks in blocks', HTML, times('<div>')],
  ['paragraphs below many blocks', HTML, ending((n) => '<div>'.repeat(DEEP) + '<p>'.repeat(n), '', 'x')],
  ['ends of what is not open', HTML, ending((n) => '<div>'.repeat(DEEP) + '</q>'.repeat(n), '', 'x')],
  ['ends of paragraphs', HTML, times('</p>')],
  ['list items', HTML, times('<li><p>')],
  ['scripts that never end', HTML, times('<script>')],
  ['quotes that never end', HTML, times('<a b="')],
  ['comments of dashes', HTML, ending((n) => `<!--${'-'.repeat(n)}`, '', 'x')],
  ['tables in tables', HTML, times('<table><tr><td>')],
  ['pictures in pictures', HTML, times('<svg><p>')],
  ['quotes', CSV, times('"')],
  ['quotes at each line', CSV, times('"a,b\n')],
  ['cells of one line', CSV, (n) => [`${'a,'.repeat(n)}b`, `${'c,'.repeat(n)}b`]],
  ['empty lines', CSV, times('\n')],
  [
    'lines that are all others',
    CSV,
    each(
      (i) => `${i},a`,
      (i) => `x${i},a`,
      '\n',
    ),
  ],
  ['lines that are no JSON', LINES, times('{\n', '', '1')],
  [
    'texts that are all others',
    LINES,
    each(
      (i) => `{"a":${i}}`,
      (i) => `{"a":"${i}"}`,
      '\n',
    ),
  ],
  ['spaces within a text', LINES, (n) => [`[1${' '.repeat(n)}]\n[2]\n`, `[1${' '.repeat(n)}]\n[3]\n`]],
  ['lines of one event', EVENTS, times('data:\n', '\n', 'data: 1\n\n')],
  ['events', EVENTS, (n) => ['data: 1\n\n'.repeat(n), 'data: 2\n\n'.repeat(n)]],
  ['parts', PARTS, (n) => [`${'--a\r\n\r\nx\r\n'.repeat(n)}--a--`, `${'--a\r\n\r\ny\r\n'.repeat(n)}--a--`]],
  ['dashes', PARTS, times('-')],
  ['fields of a part', PARTS, ending((n) => `--a\r\n${'X: y\r\n'.repeat(n)}`, '', 'x')],
  ['beginnings of delimiters', PARTS, times('\r\n--', '', 'a')],
  ['lines that two texts have in another order', TEXT, (n) => ['a\nb\n'.repeat(n), 'b\na\na\n'.repeat(n)]],
  ['lines without text', TEXT, times('\n')],
  ['a gap behind brackets', TEXT, ending((n) => `[]${'\n'.repeat(n)}`, 'x', 'y')],
  ['brackets and spaces', TEXT, ending((n) => `[${' ]'.repeat(n)}`, '', ' ')],
  [
    'aliases of what stands before them',
    YAML,
    each(
      (i) => (i === 0 ? 'a0: &a0 1' : `a${i}: &a${i} [*a${i - 1}]`),
      (i) => (i === 0 ? 'a0: &a0 2' : `a${i}: &a${i} [*a${i - 1}]`),
      '\n',
    ),
  ],
  [
    'maps that merge one map',
    YAML,
    each(
      (i) => (i === 0 ? 'b: &b {x: 1}' : `k${i}: {<<: *b}`),
      (i) => (i === 0 ? 'b: &b {x: 2}' : `k${i}: {<<: *b}`),
      '\n',
    ),
  ],
  ['one field over and over', FORM, (n) => ['a=1&'.repeat(n), 'a=2&'.repeat(n)]],
  [
    'fields that are all others',
    FORM,
    each(
      (i) => `a${i}=1`,
      (i) => `b${i}=1`,
      '&',
    ),
  ],
];

/** Returns `head`, followed by `n` times `part`, as bytes. */
export const bytesOf = (n: number, part: readonly number[], head: readonly number[] = []) =>
  Buffer.from([...head, ...Array.from({ length: n }, () => part).flat()]);

/** Head of a MessagePack array with `n` elements. */
const arrayHead = (n: number) => [0xdd, 0, 0, n >> 8, n & 255];

const BINARY: typeof TEXTS = [
  ['one field over and over', PROTOBUF, (n) => [bytesOf(n, [8, 1]), bytesOf(n, [8, 2])]],
  ['long numbers', PROTOBUF, (n) => [bytesOf(n, [8, 0xff, 0xff, 0xff, 0xff, 0xff, 1]), bytesOf(n, [8, 0xff, 1])]],
  ['messages in messages', PROTOBUF, (n) => [bytesOf(n, [10, 4, 10, 2, 8, 1]), bytesOf(n, [10, 4, 10, 2, 8, 2])]],
  ['empty messages', GRPC, (n) => [bytesOf(n, [0, 0, 0, 0, 0]), bytesOf(n, [0, 0, 0, 0, 0], [0, 0, 0, 0, 2, 8, 1])]],
  ['numbers', PACKED, (n) => [bytesOf(n, [1], arrayHead(n)), bytesOf(n, [2], arrayHead(n))]],
  ['arrays in arrays', PACKED, (n) => [bytesOf(n, [0x91], []), bytesOf(n, [0x91], [0x92])]],
  ['values one behind the other', PACKED, (n) => [bytesOf(n, [1]), bytesOf(n, [2])]],
  ['escapes that are no text', FORM, times('%E4&')],
  ['short texts', LINES, times('1\n', '1', '2')],
  ['short events', EVENTS, times('data: 1\n\n', '', 'data: 2\n\n')],
  ['the same element', XML, (n) => [`<r>${'<a/>'.repeat(n)}</r>`, `<r><b/>${'<a/>'.repeat(n)}</r>`]],
];

function keys(name: string, n: number): string {
  return JSON.stringify(Object.fromEntries(Array.from({ length: n }, (_, i) => [`${name}${i}`, i])));
}

function elements(name: string, n: number, reversed = false): string {
  const list = Array.from({ length: n }, (_, i) => ({ [name]: `${name}${i}` }));
  return JSON.stringify(reversed ? list.reverse() : list);
}

function siblings(name: string, n: number): string {
  return `<r>${Array.from({ length: n }, (_, i) => `<${name}${i}>${i}</${name}${i}>`).join('')}</r>`;
}

export function attributes(value: string, n: number): string {
  return `<a ${Array.from({ length: n }, (_, i) => `b${i}="${value}"`).join(' ')}/>`;
}

function namespaces(n: number, text: string): string {
  const open = Array.from({ length: DEEP }, (_, i) => `<a xmlns:p${i}="u${i}">`).join('');
  return `${open}${'<b xmlns:x="1"/>'.repeat(n)}${text}${'</a>'.repeat(DEEP)}`;
}

export const SHAPES = [...TEXTS, ...BINARY];
