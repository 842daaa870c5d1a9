/** Rows about JSON bodies: GET /json/{case} on both sides, with encoding/json v1 and v2. */

import type { GoSide } from './go-servers.ts';
import { ALL, EXPRESS, get, type Row } from './row.ts';

/**
 * A case of node-values.ts against values.go. Only status and body are compared: header fields have rows of their own.
 */
function value(
  row: Row['row'],
  title: string,
  name: string,
  expect: readonly string[],
  candidate: GoSide = 'servemux',
  stable: Row['stable'] = ALL,
): Row {
  return { row, title, stable, candidate, request: get(`/json/${name}`), look: ['status', 'body'], expect };
}

export const JSON_ROWS: readonly Row[] = [
  value(1, 'a nil slice', 'nil-slice', ['body/items null-for-empty-array breaking']),
  value(2, 'a nil map', 'nil-map', ['body/labels null-for-empty-object breaking']),
  value(3, 'omitempty', 'omitempty', [
    'body/count zero-value-omitted breaking',
    'body/name zero-value-omitted breaking',
    'body/on zero-value-omitted breaking',
  ]),
  value(3, 'undefined, and a zero value', 'undefined-zero', ['body/count zero-value-added breaking']),
  value(3, 'undefined, and a nil pointer', 'undefined-null', ['body/name null-added breaking']),
  value(3, 'null, and a zero value', 'null-zero', ['body/name zero-for-null breaking']),
  value(3, 'a zero value, and a nil pointer', 'zero-null', ['body/name null-for-zero breaking']),
  value(4, 'HTML escapes', 'html', ['body/html html-escape benign']),
  value(5, 'an int64 that Node rounds', 'int64', ['body/id integer-precision breaking']),
  value(5, 'an integer that Go rounds in any', 'int-any', ['body/id integer-precision breaking'], 'servemux', EXPRESS),
  value(6, 'minus zero', 'negative-zero', ['body/n negative-zero benign']),
  value(7, 'NaN, and an error that is sent', 'nan', ['status not-a-number breaking']),
  value(8, 'time.Time', 'time', [
    'body/a timestamp-format undecided',
    'body/b timestamp-format undecided',
    'body/c timestamp-precision undecided',
  ]),
  value(9, 'the zero time', 'zero-time', ['body/deletedAt zero-time breaking']),
  value(10, 'a Buffer, and []byte', 'buffer', ['body/data buffer-as-base64 breaking']),
  value(11, 'milliseconds, and time.Duration', 'duration-ms', ['body/timeout duration-unit breaking']),
  value(11, 'seconds, and time.Duration', 'duration-s', ['body/timeout duration-unit breaking']),
  value(12, 'keys like integers, and sorted maps', 'map-keys', ['body key-order benign']),
  value(14, '\\b and \\f, as Go before 1.22 wrote them', 'old-escapes', ['body/text string-escape benign']),
  value(14, '\\b and \\f', 'short-escapes', []),
  value(15, 'a lone surrogate', 'lone-surrogate', ['body/text lone-surrogate breaking']),
  value(34, 'other ways to write floats', 'float-format', ['body/a number-format benign']),
  value(34, 'float64, as both write it', 'float64', []),

  value('new', 'a nil []byte', 'nil-bytes', ['body/data null-for-zero breaking']),
  value('new', 'null, and a nil pointer with omitempty', 'null-omitempty', ['body/name null-omitted breaking']),
  value('new', 'null, and sql.NullString', 'null-struct', ['body/name null-struct breaking']),
  value('new', 'milliseconds since 1970, and seconds', 'epoch-ms', ['body/at timestamp-unit breaking']),
  value('new', 'base64url, and []byte', 'base64url', ['body/token base64-alphabet breaking']),
  value('new', 'a sum that Go computes exactly', 'float-sum', ['body/sum float-rounding undecided']),
  value('new', 'a misspelt tag', 'wrong-tag', [
    'body/userId key-renamed breaking',
    'body/user_id key-renamed breaking',
  ]),
  value('new', 'an exported field without a tag', 'no-tag', ['body/Internal key-added breaking']),
  value('new', 'HTML escapes in keys', 'html-key', ['body/<a&b> html-escape benign']),
  value('new', 'another time zone', 'time-zone', ['body/at timestamp-format undecided']),
  value('new', 'Unix seconds for a date', 'time-unix', ['body/at timestamp-as-number breaking']),
  value('new', 'an array of bytes', 'byte-array', ['body/data bytes-as-array breaking']),
  value('new', 'Duration.String', 'duration-text', ['body/timeout type breaking']),
  value('new', 'a map with integer keys', 'int-keys', ['body key-order benign']),
  value('new', 'the bytes of a surrogate', 'surrogate', ['body/text value breaking']),
  value('new', 'bytes that are no UTF-8', 'invalid-utf8', ['body/text string-escape benign']),
  value('new', 'float32 widened to float64', 'float32-wide', ['body/price float32-precision breaking']),
  value('new', 'float32 as such', 'float32', []),
  value('new', 'big.Int, and a BigInt as text', 'big-int', ['body/id number-type breaking']),
  value('new', 'the option ,string', 'string-option', ['body/id number-type breaking']),
  value('new', 'an enumeration by number', 'enum', ['body/state type breaking']),
  value('new', 'json.RawMessage with a key that stands twice', 'raw-duplicates', ['body/a duplicate-key breaking']),
  value('new', 'an array in another order', 'order', ['body/ids array-order breaking']),
  value('new', 'an array with an element less', 'shorter', ['body/ids/2 array-length breaking']),
  value('new', 'an embedded struct', 'embedded', ['body/base key-missing breaking', 'body/id key-added breaking']),
  value(
    'new',
    'an Error, and a type that implements error',
    'error',
    ['body/error type breaking'],
    'servemux',
    EXPRESS,
  ),

  value(1, 'v2: a nil slice is []', 'nil-slice', [], 'jsonv2'),
  value(2, 'v2: a nil map is {}', 'nil-map', [], 'jsonv2'),
  value(
    3,
    'v2: omitempty leaves out empty text, not 0 and false',
    'omitempty',
    ['body/name zero-value-omitted breaking'],
    'jsonv2',
  ),
  value(4, 'v2: no HTML escapes', 'html', [], 'jsonv2'),
  value(5, 'v2: an int64 that Node rounds', 'int64', ['body/id integer-precision breaking'], 'jsonv2'),
  value(6, 'v2: minus zero', 'negative-zero', ['body/n negative-zero benign'], 'jsonv2'),
  value(
    8,
    'v2: time.Time',
    'time',
    ['body/a timestamp-format undecided', 'body/b timestamp-format undecided', 'body/c timestamp-precision undecided'],
    'jsonv2',
  ),
  value(9, 'v2: the zero time', 'zero-time', ['body/deletedAt zero-time breaking'], 'jsonv2'),
  value(10, 'v2: []byte', 'buffer', ['body/data buffer-as-base64 breaking'], 'jsonv2'),
  value(14, 'v2: \\b and \\f as JavaScript writes them', 'short-escapes', [], 'jsonv2'),
  value('new', 'v2: a nil []byte is ""', 'nil-bytes', [], 'jsonv2'),
  value('new', 'v2: an array of bytes is base64', 'byte-array', [], 'jsonv2'),
  ...[
    { ...value(7, 'v2: NaN', 'nan', ['status not-a-number breaking'], 'jsonv2') },
    { ...value(11, 'v2: time.Duration has no form', 'duration-ms', ['status marshal-error breaking'], 'jsonv2') },
    { ...value(15, 'v2: the bytes of a surrogate', 'surrogate', ['status marshal-error breaking'], 'jsonv2') },
    { ...value('new', 'v2: bytes that are no UTF-8', 'invalid-utf8', ['status marshal-error breaking'], 'jsonv2') },
    { ...value('new', 'v2: a key that stands twice', 'raw-duplicates', ['status marshal-error breaking'], 'jsonv2') },
    // v2 puts a no-break space into some of its messages, at random, so the recorded text may differ.
  ].map((row) => ({ ...row, random: true }) as const),

  {
    row: 7,
    title: 'NaN, and an error that nobody looked at',
    stable: EXPRESS,
    candidate: 'servemux',
    request: get('/json-ignored-error'),
    look: ['status', 'body'],
    expect: ['body body-missing breaking'],
  },
  {
    row: 13,
    title: "json.Encoder's newline",
    stable: ALL,
    candidate: 'servemux',
    request: get('/json-encoder'),
    look: ['status', 'body'],
    expect: ['body trailing-newline benign'],
  },
];
