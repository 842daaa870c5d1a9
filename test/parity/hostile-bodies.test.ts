/** Cases that generated and damaged bodies brought up, each checked against a second implementation of its format. */
import { gzipSync } from 'node:zlib';
import { describe } from 'vitest';
import { bytes, csv, joined, pack, typed, xml, yaml } from '../support/compared.ts';
import { type Probe, probe } from '../support/probe.ts';

const parts = (text: string) => typed('multipart/mixed; boundary=A', text);
const PART = 'Content-Type: text/plain\r\n\r\nx';
const proto = (...list: readonly number[]) => typed('application/x-protobuf', bytes(...list));
const NINES = Array.from({ length: 9 }, () => 0xff);
const frame = (flag: number, message: Uint8Array) => joined(bytes(flag, 0, 0, 0, message.length), message);
const grpc = (...frames: readonly Uint8Array[]) =>
  typed('application/grpc', joined(...frames), ['grpc-encoding', 'gzip']);

const ROWS: readonly Probe[] = [
  [
    'a line that only begins as a delimiter is none, as with Go and Python',
    parts(`--A\r\n${PART}\r\n--A\r\n${PART}\r\n--A--\r\n`),
    parts(`--A\r\n${PART}\r\n--Axt\r\n${PART}\r\n--A--\r\n`),
    'breaking part-value body/1',
  ],
  [
    'nor one that only begins as the last',
    parts(`--A\r\n${PART}\r\n--A--\r\n`),
    parts(`--A\r\n${PART}\r\n--A----\r\n`),
    'breaking',
  ],
  [
    'white space behind a delimiter',
    parts(`--A\r\n${PART}\r\n--A--\r\n`),
    parts(`--A \t\r\n${PART}\r\n--A-- `),
    'benign',
  ],
  [
    'a part in whose fields a return stands alone, which ends them for Python',
    parts(`--A\r\n${PART}\r\n--A--\r\n`),
    parts(`--A\r\nContent-Type: text/plain\r\r\n\r\nx\r\n--A--\r\n`),
    'breaking',
  ],
  [
    'a part whose content stands where fields are',
    parts('--A\r\nX-A: 1\r\n\r\n\r\n--A--\r\n'),
    parts('--A\r\nX-A: 1\r\n\rlost\r\n--A--\r\n'),
    'breaking',
  ],
  [
    'a part whose field goes on below',
    parts(`--A\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nx\r\n--A--\r\n`),
    parts(`--A\r\nContent-Type: text/plain;\r\n charset=utf-8\r\n\r\nx\r\n--A--\r\n`),
    'benign',
  ],
  ['a table that ends within quotes', csv('a,b\n1,\n'), csv('a,b\n1,"'), 'breaking text-value body/line/2'],
  ['a table in which both do', csv('a,"b'), csv('"a","b'), 'benign'],
  ['YAML that looks like JSON', yaml('- 1\n- {}\n'), yaml('[1, {}]\n'), 'benign'],
  ['YAML that looks like JSON, other value', yaml('- 1\n- {}\n'), yaml('[1, {a: 1}]\n'), 'breaking key-added body/1/a'],
  [
    'YAML: what merges, with a key of its own',
    yaml('b: &b {x: 1, y: 1}\na:\n  <<: *b\n  y: 2\n'),
    yaml('b: {x: 1, y: 1}\na: {y: 2, x: 1}\n'),
    'benign',
  ],
  [
    'YAML: two that merge, of which the first wins',
    yaml('p: &p {x: 1}\nq: &q {x: 2}\na: {<<: [*p, *q]}\n'),
    yaml('p: {x: 1}\nq: {x: 2}\na: {x: 2}\n'),
    'breaking number-value body/a/x',
  ],
  ['YAML: a text that only looks so', yaml('a: {"<<": {x: 1}}\n'), yaml('a: {x: 1}\n'), 'breaking'],
  ['YAML: merges of itself', yaml('a: &a {<<: *a, b: 1}\n'), yaml('a: &a {<<: *a, b: 2}\n'), 'breaking'],
  ['YAML: no document and an empty list', yaml('[]\n'), yaml('# none\n'), 'breaking'],
  ['YAML: a list and two documents', yaml('- 1\n- 2\n'), yaml('1\n---\n2\n'), 'breaking'],
  ['MessagePack: a list and two values', pack(0x92, 1, 2), pack(1, 2), 'breaking'],
  ['XML: a colon, and none', xml('<a>:</a>'), xml('<a></a>'), 'breaking'],
  ['XML: a colon before a word', xml('<a xmlns="u" b=":-)">:x</a>'), xml('<a xmlns="u" b="-)">x</a>'), 'breaking'],
  ['protobuf: bits that no reader takes', proto(8, ...NINES, 1), proto(8, ...NINES, 0x7b), 'benign'],
  [
    'protobuf: packed 32 bits',
    proto(0x0a, 8, 1, 0, 0, 0, 2, 0, 0, 0),
    proto(0x0d, 1, 0, 0, 0, 0x0d, 2, 0, 0, 0),
    'benign',
  ],
  ['protobuf: bytes that are no packed numbers', proto(0x0a, 1, 0xff), proto(8, 1), 'breaking type body/1/0'],
  [
    'gRPC: one compressed, other value',
    grpc(frame(0, bytes(8, 1))),
    grpc(frame(1, gzipSync(bytes(8, 2)))),
    'breaking number-value',
  ],
  ['gRPC: compressed in no coding', grpc(frame(0, bytes(8, 1))), grpc(frame(1, bytes(8, 1))), 'breaking body-bytes'],
];

describe('a hostile body', () => {
  probe(ROWS);
});
