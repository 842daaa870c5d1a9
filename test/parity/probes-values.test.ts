/** Elements, content codings and values as other services write them, each with the cause that is right. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe } from 'vitest';
import { answer } from '../support/answer.ts';
import { coded, joined, json, typed } from '../support/compared.ts';
import { type Probe, probe } from '../support/probe.ts';

const req = (target: string) => ({ request: { method: 'GET', target, headers: [] } });

const ROWS: readonly Probe[] = [
  [
    'ids gone, slug',
    json('[{"id":1,"slug":"a"},{"id":2,"slug":"b"}]'),
    json('[{"slug":"b"},{"slug":"a"}]'),
    'breaking array-order body',
  ],
  [
    'ids gone no value',
    json('[{"id":1,"slug":"a","n":1},{"id":2,"slug":"b","n":2}]'),
    json('[{"slug":"b","n":2},{"slug":"a","n":1}]'),
    'breaking key-missing body/0/id; breaking key-missing',
  ],
  [
    'uuid of each side',
    json('[{"id":"u1","name":"a","x":1},{"id":"u2","name":"b","x":2}]'),
    json('[{"id":"v2","name":"b","x":2},{"id":"v1","name":"a","x":1}]'),
    'breaking array-order',
  ],
  [
    'nested',
    json('[{"user":{"login":"a"},"x":1},{"user":{"login":"b"},"x":1}]'),
    json('[{"user":{"login":"b"}},{"user":{"login":"a"}}]'),
    'breaking array-order body; breaking key-missing body/0/x',
  ],
  [
    'dup titles',
    json('[{"id":1,"t":"a","u":"x"},{"id":2,"t":"a","u":"y"},{"id":3,"t":"b","u":"x"}]'),
    json('[{"t":"b","u":"x"},{"t":"a","u":"y"},{"t":"a","u":"x"}]'),
    'breaking array-order',
  ],
  [
    'gzip 2 members',
    coded('gzip', joined(gzipSync('{"a":'), gzipSync('1}'))),
    coded('gzip', gzipSync('{"a":1}')),
    'same',
  ],
  ['gzip trailing', coded('gzip', gzipSync('{}')), coded('gzip', joined(gzipSync('{}'), 'xx')), 'breaking'],
  ['gzip twice', coded('gzip, gzip', gzipSync(gzipSync('{"a":1}'))), coded('gzip', gzipSync('{"a":2}')), 'breaking'],
  ['aws-chunked', coded('aws-chunked', '{"a":1}'), coded('aws-chunked', '{"a":2}'), 'breaking'],
  ['aws-chunked one', coded('aws-chunked', '{"a":1}'), typed('application/json', '{"a":1}'), 'benign'],
  [
    'label one side utf-8',
    coded('UTF-8', '{"a":1}'),
    typed('application/json', '{"a":2}'),
    'breaking number-value body/a',
  ],
  ['label json', coded('json', '{"a":1}'), coded('json', '{"a":2}'), 'breaking number-value'],
  ['gzip vs br', coded('gzip', gzipSync('{"a":1}')), coded('br', brotliCompressSync('{"a":1}')), 'benign'],
  ['GZIP case', coded('GZIP', gzipSync('{"a":1}')), coded('gzip', gzipSync('{"a":2}')), 'breaking number-value'],
  ['recorder decoded one side', coded('gzip', '{"a":1}'), coded('gzip', gzipSync('{"a":2}')), 'breaking'],
  ['empty gzip', coded('gzip', gzipSync('')), coded('gzip', ''), 'same'],
  ['{"n":1000000} ~ {"n":1e6}', json('{"n":1000000}'), json('{"n":1e6}'), 'undecided'],
  ['{"n":1e6} ~ {"n":1e+06}', json('{"n":1e6}'), json('{"n":1e+06}'), 'benign'],
  ['{"n":0} ~ {"n":-0}', json('{"n":0}'), json('{"n":-0}'), 'benign'],
  ['{"n":1} ~ {"n":"1"}', json('{"n":1}'), json('{"n":"1"}'), 'breaking number-type'],
  ['{"n":0.1} ~ {"n":0.10}', json('{"n":0.1}'), json('{"n":0.10}'), 'benign'],
  [
    '{"n":12345678901234567890} ~ {"n":12345678901234567000}',
    json('{"n":12345678901234567890}'),
    json('{"n":12345678901234567000}'),
    'breaking integer-precision',
  ],
  [
    '{"s":"user_name1"} ~ {"s":"user/name1"}',
    json('{"s":"user_name1"}'),
    json('{"s":"user/name1"}'),
    'breaking value body/s',
  ],
  ['{"s":"foo-bar"} ~ {"s":"foo+bar"}', json('{"s":"foo-bar"}'), json('{"s":"foo+bar"}'), 'breaking value body/s'],
  ['{"s":"abcd"} ~ {"s":"abcd="}', json('{"s":"abcd"}'), json('{"s":"abcd="}'), 'breaking value body/s'],
  [
    '{"s":"c-_8ZDZ3Q0Fh"} ~ {"s":"c+/8ZDZ3Q0Fh"}',
    json('{"s":"c-_8ZDZ3Q0Fh"}'),
    json('{"s":"c+/8ZDZ3Q0Fh"}'),
    'breaking base64-alphabet',
  ],
  [
    '{"d":"2026-01-01"} ~ {"d":"2026-01-01T00:00:00Z"}',
    json('{"d":"2026-01-01"}'),
    json('{"d":"2026-01-01T00:00:00Z"}'),
    'breaking',
  ],
  [
    '{"d":"2026-01-01T00:00:00+02:00"} ~ {"d":"2025-12-31T22:00:00Z"}',
    json('{"d":"2026-01-01T00:00:00+02:00"}'),
    json('{"d":"2025-12-31T22:00:00Z"}'),
    'undecided timestamp-format',
  ],
  [
    '{"d":"2026-01-01 00:00:00"} ~ {"d":"2026-01-01T00:00:00Z"}',
    json('{"d":"2026-01-01 00:00:00"}'),
    json('{"d":"2026-01-01T00:00:00Z"}'),
    'breaking timestamp-zone',
  ],
  ['{"ttl":1} ~ {"ttl":1000}', json('{"ttl":1}'), json('{"ttl":1000}'), 'breaking duration-unit'],
  ['{"lifetime":1} ~ {"lifetime":1000}', json('{"lifetime":1}'), json('{"lifetime":1000}'), 'breaking duration-unit'],
  ['{"metres":1} ~ {"metres":1000}', json('{"metres":1}'), json('{"metres":1000}'), 'breaking number-value'],
  ['{"forms":1} ~ {"forms":1000}', json('{"forms":1}'), json('{"forms":1000}'), 'breaking number-value'],
  ['{"parsec":1} ~ {"parsec":1000}', json('{"parsec":1}'), json('{"parsec":1000}'), 'breaking number-value'],
  ['{"params":2} ~ {"params":2000000}', json('{"params":2}'), json('{"params":2000000}'), 'breaking number-value'],
  [
    '{"sometimes":2} ~ {"sometimes":2000}',
    json('{"sometimes":2}'),
    json('{"sometimes":2000}'),
    'breaking number-value',
  ],
  ['{"overtime":2} ~ {"overtime":2000}', json('{"overtime":2}'), json('{"overtime":2000}'), 'breaking'],
  ['{"age":2} ~ {"age":2000}', json('{"age":2}'), json('{"age":2000}'), 'breaking number-value'],
  ['{"period":2} ~ {"period":2000}', json('{"period":2}'), json('{"period":2000}'), 'breaking'],
  ['{"a":null} ~ {"a":0}', json('{"a":null}'), json('{"a":0}'), 'breaking zero-for-null'],
  ['{"a":"x"} ~ {"a":null}', json('{"a":"x"}'), json('{"a":null}'), 'breaking type'],
  ['{"a":5} ~ {"a":null}', json('{"a":5}'), json('{"a":null}'), 'breaking type'],
  [
    '{"at":1700000000} ~ {"at":1700000000000}',
    json('{"at":1700000000}'),
    json('{"at":1700000000000}'),
    'breaking timestamp-unit',
  ],
  ['{"id":1700000000} ~ {"id":1700000000123}', json('{"id":1700000000}'), json('{"id":1700000000123}'), 'breaking'],
  [
    '{"at":"2026-01-01T00:00:00Z"} ~ {"at":1767225600}',
    json('{"at":"2026-01-01T00:00:00Z"}'),
    json('{"at":1767225600}'),
    'breaking timestamp-as-number',
  ],
  [
    '{"first_name":"A"} ~ {"firstName":"A"}',
    json('{"first_name":"A"}'),
    json('{"firstName":"A"}'),
    'breaking key-renamed',
  ],
  [
    '{"first_name":"A"} ~ {"firstName":"B"}',
    json('{"first_name":"A"}'),
    json('{"firstName":"B"}'),
    'breaking key-missing',
  ],
  ['{"a":1,"b":1} ~ {"A":1,"b":1}', json('{"a":1,"b":1}'), json('{"A":1,"b":1}'), 'breaking key-renamed'],
  ['{"x":[]} ~ {"x":null}', json('{"x":[]}'), json('{"x":null}'), 'breaking null-for-empty-array'],
  ['{"x":[1]} ~ {"x":null}', json('{"x":[1]}'), json('{"x":null}'), 'breaking type'],
  ['{"a":"\\ufffd"} ~ {"a":"x"}', json('{"a":"\\ufffd"}'), json('{"a":"x"}'), 'breaking value'],
  ['{"a":"0001-01-01T00:00:00Z"} ~ {}', json('{"a":"0001-01-01T00:00:00Z"}'), json('{}'), 'breaking'],
  ['{"v":"1.0"} ~ {"v":"1"}', json('{"v":"1.0"}'), json('{"v":"1"}'), 'breaking value'],
  [
    '{"p":1.1} ~ {"p":1.100000023841858}',
    json('{"p":1.1}'),
    json('{"p":1.100000023841858}'),
    'breaking float32-precision',
  ],
  [
    '{"p":0.3} ~ {"p":0.30000000000000004}',
    json('{"p":0.3}'),
    json('{"p":0.30000000000000004}'),
    'undecided float-rounding',
  ],
  ['{"p":16777217} ~ {"p":16777216}', json('{"p":16777217}'), json('{"p":16777216}'), 'breaking'],
  [
    '{"a":{"Valid":true,"Name":"x"}} ~ {"a":"x"}',
    json('{"a":{"Valid":true,"Name":"x"}}'),
    json('{"a":"x"}'),
    'breaking type',
  ],
  ['{"a":"TRUE"} ~ {"a":true}', json('{"a":"TRUE"}'), json('{"a":true}'), 'breaking type'],
  [
    'query ; same route',
    answer('', [], { status: 200 }),
    answer('', [], { status: 500 }),
    'breaking',
    req('/a?x=1;y=2'),
  ],
  [
    'path-case id',
    answer('{}', [], { status: 200 }),
    answer('', [], { status: 404 }),
    'breaking status',
    req('/items/ABC123'),
  ],
  [
    'path-case',
    answer('{}', [], { status: 200 }),
    answer('', [], { status: 404 }),
    'breaking path-case',
    req('/ITEMS'),
  ],
];

describe('arrays, codings and values', () => {
  probe(ROWS);
});
