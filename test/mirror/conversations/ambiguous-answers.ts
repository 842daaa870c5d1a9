/**
 * Answers that two readers could end at different places. The client may get 502, a connection that visibly ends, or
 * the one reading that was written; whatever follows the answer must not become another answer.
 */
import { again, second } from './parts.ts';
import { type Case, get } from './stage.ts';

const EVIL = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil';
const ok = (fields: string, body = 'ok') => `HTTP/1.1 200 OK\r\n${fields}\r\n\r\n${body}`;
const chunked = 'Transfer-Encoding: chunked';
const REFUSED = /^502 /;

/** The name, what the primary writes in one piece, and what the client may get. */
const ANSWERS: readonly (readonly [string, string, RegExp])[] = [
  ...['+2', '0x2', '-2', '2.0', '2 2', '2, 2', '2;', '18446744073709551618', '２'].map(
    (length) => [`a length of ${length}`, ok(`Content-Length: ${length}`, `ok${EVIL}`), REFUSED] as const,
  ),
  ['two lengths', ok('Content-Length: 2\r\nContent-Length: 40', `ok${EVIL}`), REFUSED],
  ['a length and chunks', ok(`Content-Length: 2\r\n${chunked}`, `2\r\nok\r\n0\r\n\r\n${EVIL}`), REFUSED],
  ['chunks and a length', ok(`${chunked}\r\nContent-Length: 2`, `2\r\nok\r\n0\r\n\r\n${EVIL}`), REFUSED],
  ...[
    'xchunked',
    'chunked, identity',
    'identity',
    'chunked\r\nTransfer-Encoding: chunked',
    'gzip, chunked',
    '"chunked"',
    'chunked,',
  ].map(
    (coding) =>
      [
        `the coding ${coding}`,
        ok(`Transfer-Encoding: ${coding}`, `2\r\nok\r\n0\r\n\r\n${EVIL}`),
        /^502 |^200 (?:ok)?$/,
      ] as const,
  ),
  ['a space before the colon of a length', ok('Content-Length : 2', `ok${EVIL}`), REFUSED],
  ['a space before the colon of a coding', ok('Transfer-Encoding : chunked', `2\r\nok\r\n0\r\n\r\n${EVIL}`), REFUSED],
  [
    'a length in a folded line',
    ok('X-A: b\r\n Content-Length: 40\r\nContent-Length: 2', `ok${EVIL}`),
    /^502 |^200 ok$/,
  ],
  ['line feeds alone', ok('Content-Length: 2', `ok${EVIL}`).replaceAll('\r\n', '\n'), /^502 |^200 ok$/],
  ['NUL in a value', ok('X-A: b\0c\r\nContent-Length: 2', `ok${EVIL}`), REFUSED],
  [
    'a carriage return in a value',
    ok('X-A: b\rContent-Length: 40\r\nContent-Length: 2', `ok${EVIL}`),
    /^502 |^200 ok$/,
  ],
  ['a field without a name', ok(': b\r\nContent-Length: 2', `ok${EVIL}`), /^502 |^200 ok$/],
  ['a field without a colon', ok('Foo\r\nContent-Length: 2', `ok${EVIL}`), REFUSED],
  ['a status of two digits', ok('Content-Length: 2').replace('200', '20'), REFUSED],
  ['a status of letters', ok('Content-Length: 2').replace('200', 'abc'), REFUSED],
  ['a status of 000', ok('Content-Length: 2').replace('200', '000'), REFUSED],
  ['no version', ok('Content-Length: 2').replace('HTTP/1.1 ', ''), REFUSED],
  ['HTTP/2.0', ok('Content-Length: 2').replace('1.1', '2.0'), /^502 |^200 ok$/],
  ['a chunk of the size 0x2', ok(chunked, `0x2\r\nok\r\n0\r\n\r\n${EVIL}`), /^502 |^cut/],
  ['chunks and no word of them', ok('X-A: b\r\nContent-Length: 2', `ok0\r\n\r\n${EVIL}`), /^200 ok$/],
  ['chunks to HEAD, which has none', ok(chunked, ''), /^200 ?$/],
  ['chunks of 304, which has none', ok(chunked, '').replace('200 OK', '304 Not Modified'), /^304 ?$/],
];

export const AMBIGUOUS: readonly Case[] = ANSWERS.map(([name, bytes, wanted]) => {
  const method = name.includes('HEAD') ? 'HEAD' : 'GET';
  return [
    name,
    (peer) => second(peer, ({ write }) => write(bytes)),
    (stage) => again(stage, get().replace('GET', method), method, [wanted, /^200 second$|^none/]),
  ];
});
