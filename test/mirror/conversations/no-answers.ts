/**
 * Answers that are invalid or never end, and bytes on a connection where nobody waits for them: the client gets 502, a
 * connection that visibly ends, or its own answer.
 */
import { setTimeout as after } from 'node:timers/promises';
import { expect } from 'vitest';
import { again, gets, misses, says, saysAndEnds, saysAndResets, second } from './parts.ts';
import { answer, type Case, chunked, get, post } from './stage.ts';

const REFUSED = gets(/^502/);
const status = (text: string) => `HTTP/1.1 ${text}\r\nContent-Length: 2\r\n\r\nok`;
const length = (text: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${text}\r\n\r\nok`;
const NEVER = { pieces: 3_000, bytes: 1_000 } as const;
/** Sends a head that does not end. The connection ends long before all pieces are sent. */
const endless =
  (begin: string, piece: (n: number) => string): Case[1] =>
  async ({ write, socket }) => {
    write(begin);
    for (let n = 0; n < NEVER.pieces && !socket.destroyed; n++) {
      write(piece(n));
      if (n % 50 === 0) await after(1);
    }
  };
const refusedAndLeft: Case[2] = async (stage) => {
  await REFUSED(stage);
  await expect.poll(stage.open, { timeout: 5_000 }).toBe(0);
};
/** Expects each request to get its own answer, whatever the primary does between requests. */
const fiveInTurn: Case[2] = async (stage) => {
  for (let n = 0; n < 5; n++) {
    await gets(`200 ok${n}`)(stage);
    await after(60);
  }
};

export const NO_ANSWERS: readonly Case[] = [
  ...['000', '099', '42', '2OO', '-20'].map(
    (text): Case => [`the status ${text}`, saysAndEnds(status(`${text} Odd`)), REFUSED],
  ),
  ['199 and an answer', says('HTTP/1.1 199 Odd\r\n\r\n', answer('ok')), gets('200 ok')],
  [
    '100, then a switch that nobody asked for',
    says(
      'HTTP/1.1 100 Continue\r\n\r\n',
      'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ),
    REFUSED,
  ],
  ['a banner of SSH', saysAndEnds('SSH-2.0-OpenSSH_9.6\r\n'), REFUSED],
  ['an alert of TLS', saysAndEnds('\x15\x03\x01\x00\x02\x02\x16'), REFUSED],
  ['a frame of HTTP/2', saysAndEnds('\x00\x00\x00\x04\x00\x00\x00\x00\x00'), REFUSED],
  ['a page without a head', saysAndEnds('<html>hi</html>'), REFUSED],
  ['a line without a colon', saysAndEnds(answer('ok', 'garbage\r\n')), REFUSED],
  ['a field without a name', saysAndEnds(answer('ok', ': b\r\n')), REFUSED],
  ['half a head, and a reset', saysAndResets('HTTP/1.1 200 OK\r\nX-A:'), REFUSED],
  [
    'a head without end',
    endless('HTTP/1.1 200 OK\r\n', (n) => `X-${n}: ${'y'.repeat(NEVER.bytes)}\r\n`),
    refusedAndLeft,
  ],
  ['a status line without end', endless('HTTP/1.1 200 ', () => 'y'.repeat(NEVER.bytes)), refusedAndLeft],
  ...['18446744073709551616', '9223372036854775808', '9007199254740993'].map(
    (text): Case => [`a length of ${text}`, saysAndEnds(length(text)), misses()],
  ),
  ...['FFFFFFFFFFFFFFFFF', 'FFFFFFFFFFFFFFFF', '-5'].map(
    (text): Case => [`a chunk of ${text}`, saysAndEnds(chunked(`${text}\r\nhello\r\n0\r\n\r\n`)), misses()],
  ),
  [
    'ten thousand chunks with extensions',
    saysAndEnds(chunked(`${'1;x=yyyyyyyy\r\na\r\n'.repeat(10_000)}0\r\n\r\n`)),
    gets('200 10000'),
  ],
  [
    '304 with the length of what it stands for, and the next',
    (peer) => second(peer, says('HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\nETag: "a"\r\n\r\n')),
    (stage) => again(stage, get(), 'GET', [/^304$/, /^200 second$/]),
  ],
  [
    'a head of chunks to HEAD, and the next',
    (peer) => second(peer, says('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')),
    (stage) => again(stage, get().replace('GET', 'HEAD'), 'HEAD', [/^200$/, /^200 second$/]),
  ],
  [
    'a Connection that names the length',
    says('HTTP/1.1 200 OK\r\nConnection: content-length, x-foo\r\nX-Foo: 1\r\nContent-Length: 2\r\n\r\nok'),
    gets('200 ok'),
  ],
  [
    'a Connection that names the coding',
    saysAndEnds(chunked('2\r\nok\r\n0\r\n\r\n', 'Connection: close, transfer-encoding\r\n')),
    gets('200 ok'),
  ],
  [
    '408 on a line where nobody waits',
    async ({ before, write, socket }) => {
      write(answer(`ok${before}`));
      await after(30);
      write(answer('late', 'Connection: close\r\n', '408 Request Timeout'));
      socket.end();
    },
    fiveInTurn,
  ],
  [
    'a reset without a word to an upload, which comes once',
    ({ socket }) => socket.resetAndDestroy(),
    async (stage) => {
      await gets(/^502/, post('hello'), 'POST')(stage);
      expect(stage.heads()).toHaveLength(1);
    },
  ],
];
