/**
 * Answers as odd services write them, and bytes on a connection that was switched to another protocol: they reach the
 * client byte for byte, or the client gets 502.
 */
import { setTimeout as after } from 'node:timers/promises';
import { expect } from 'vitest';
import { gets, says, saysAndEnds } from './parts.ts';
import { answer, answers, type Case, chunked, get, SOCKET } from './stage.ts';

const plain = (fields: string, body = 'ok', status = '200 OK') => `HTTP/1.1 ${status}\r\n${fields}\r\n${body}`;
/** Expects the client's answer to match all of these patterns. */
const shows =
  (...patterns: readonly RegExp[]): Case[2] =>
  async ({ send }) => {
    const client = send(get('Connection: close\r\n'));
    const text = await client.untilClosed();
    for (const pattern of patterns) expect(text).toMatch(pattern);
  };
const SWITCHED = (fields = '') =>
  `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${fields}\r\n`;
const frame = (opcode: number, data: string, { fin = true, mask = false } = {}) => {
  const bytes = [(fin ? 0x80 : 0) | opcode, (mask ? 0x80 : 0) | data.length];
  return String.fromCharCode(...bytes) + (mask ? '\0\0\0\0' : '') + data;
};
/** Both ends take turns on a switched connection, and each receives byte for byte what the other sent. */
const talks = (
  asked: string,
  told: string,
  fields = '',
): Pick<{ primary: Case[1]; play: Case[2] }, 'primary' | 'play'> => ({
  primary: async ({ body, write }) => {
    write(SWITCHED(fields));
    await body(new RegExp(`^[\\s\\S]{${asked.length}}`));
    write(told);
  },
  play: async ({ send, more }) => {
    const client = send(get(SOCKET));
    await client.until(/\r\n\r\n/);
    more(client, asked);
    const text = await client.until(new RegExp(`\\r\\n\\r\\n[\\s\\S]{${told.length}}`));
    expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe(told);
  },
});
const socket = (name: string, asked: string, told: string): Case => {
  const { primary, play } = talks(asked, told);
  return [name, primary, play];
};

export const ODD_ANSWERS: readonly Case[] = [
  ['no reason, and a space before it', says(plain('Content-Length: 2\r\n', 'ok', '200 ')), gets('200 ok')],
  ['no reason, and no space before it', says(plain('Content-Length: 2\r\n', 'ok', '200')), gets(/^200 ok$|^502/)],
  ...['205 Reset', '299 What', '416 Range', '451 Law', '418 Tea', '599 End', '308 There', '207 Multi'].map(
    (status): Case => [status, says(plain('Content-Length: 0\r\n', '', status)), gets(status.slice(0, 3))],
  ),
  [
    'HTTP/1.0 that ends with its connection',
    saysAndEnds('HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it'),
    shows(/^HTTP\/1\.1 200 OK\r\n/, /all of it/),
  ],
  ['no length, and an end', saysAndEnds('HTTP/1.1 200 OK\r\n\r\nall of it'), shows(/all of it/)],
  [
    'two cookies with commas',
    says(
      plain(
        'Set-Cookie: a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT\r\nSet-Cookie: b=2; Path=/\r\nContent-Length: 2\r\n',
      ),
    ),
    shows(/^set-cookie: a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT\r$/im, /^set-cookie: b=2; Path=\/\r$/im),
  ],
  [
    'a cookie of odd bytes',
    says(plain('Set-Cookie: =x"\xff\\; HttpOnly; weird\r\nContent-Length: 2\r\n')),
    shows(/^set-cookie: =x"\xff\\; HttpOnly; weird\r$/im),
  ],
  [
    'three hundred cookies',
    says(plain(`${Array.from({ length: 300 }, (_, i) => `Set-Cookie: c${i}=v\r\n`).join('')}Content-Length: 2\r\n`)),
    shows(/c0=v[\s\S]*c299=v/),
  ],
  [
    'five thousand fields, and the length behind them',
    says(plain(`${Array.from({ length: 5_000 }, (_, i) => `X-${i}: v\r\n`).join('')}Content-Length: 2\r\n`)),
    shows(/x-4999: v\r\ncontent-length: 2\r\n[\s\S]*ok$/i),
  ],
  [
    '`Connection: close` and Keep-Alive',
    saysAndEnds(plain('Connection: close\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n')),
    gets('200 ok'),
  ],
  ['no chunk but the last', says(chunked('0\r\n\r\n')), gets('200')],
  ['zeros as the last chunk', says(chunked('2\r\nok\r\n000\r\n\r\n')), gets('200 ok')],
  [
    'capital and small digits',
    says(chunked(`A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n`)),
    gets('200 01234567890123456789'),
  ],
  ['trailers that nobody announced', says(chunked('2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n')), shows(/ok/, /x-sum: 1/i)],
  ['trailers announced, and none', says(chunked('2\r\nok\r\n0\r\n\r\n', 'Trailer: X-Sum\r\n')), gets('200 ok')],
  ['a length with zeros before it', says(plain('Content-Length: 002\r\n')), gets(/^200 ok$|^502/)],
  ['a length with spaces around it', says(plain('Content-Length: \t 2 \t\r\n')), gets('200 ok')],
  [
    'an empty value, and a colon in one',
    says(plain('X-E:\r\nX-C: a: b:c\r\nContent-Length: 2\r\n')),
    shows(/^x-e: ?\r$/im, /^x-c: a: b:c\r$/im),
  ],
  [
    'its own Server and Date',
    says(plain('Server: odd/1\r\nDate: yesterday\r\nContent-Length: 2\r\n')),
    shows(/^server: odd\/1\r$/im, /^date: yesterday\r$/im),
  ],
  [
    'no type',
    says(plain('Content-Length: 2\r\n')),
    async ({ send }) => expect(await send(get('Connection: close\r\n')).untilClosed()).not.toMatch(/^content-type/im),
  ],
  [
    'a Location of any bytes',
    says(plain('Location: //evil/\xff?a b\r\nContent-Length: 0\r\n', '', '302 Found')),
    shows(/^location: \/\/evil\/\xff\?a b\r$/im),
  ],
  [
    'early hints of odd bytes',
    says('HTTP/1.1 103 E\r\nLink: <\xff>\r\n\r\n', answer('ok')),
    async ({ send }) =>
      expect(await send(get('Connection: close\r\n')).untilClosed()).toMatch(
        /^(?:HTTP\/1\.1 103 .*\r\nlink: <\xff>\r\n\r\n)?HTTP\/1\.1 200 /i,
      ),
  ],
  ['trailers of odd bytes', says(chunked('2\r\nok\r\n0\r\nX-Sum: \xff\r\n\r\n')), shows(/x-sum: \xff\r/i)],
  [
    'a head in pieces that part its line ends',
    says('HTTP/1.1 200 OK\r', '\nContent-Length: 2\r\n\r', '\no', 'k'),
    gets('200 ok'),
  ],
  ['100 twice', says('HTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\n', answer('ok')), gets('200 ok')],
  [
    'a challenge',
    says(
      plain(
        'WWW-Authenticate: Basic realm="a, b", charset="UTF-8"\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 2\r\n',
        'no',
        '401 Who',
      ),
    ),
    shows(/^www-authenticate: Basic realm="a, b", charset="UTF-8"\r$/im, /^www-authenticate: Negotiate\r$/im),
  ],
  [
    'an end in the middle of a trailer',
    saysAndEnds(chunked('2\r\nok\r\n0\r\nX-Su')),
    async ({ send }) => expect(await send(get('Connection: close\r\n')).untilClosed()).not.toMatch(/\r\n0\r\n\r\n$/),
  ],
  [
    'chunk extensions of 10 kB',
    says(chunked(`2;${'a'.repeat(10_000)}\r\nok\r\n0\r\n\r\n`)),
    gets(/^200 ok$|^cut|^502/),
  ],
  // WebSocket
  socket(
    'a text in three frames with a ping between them',
    frame(1, 'a', { fin: false, mask: true }) + frame(9, 'p', { mask: true }) + frame(0, 'b', { mask: true }),
    frame(1, 'x', { fin: false }) + frame(10, 'p') + frame(0, 'y'),
  ),
  socket('a close with a code of its own', frame(8, '\x0f\xa1bye', { mask: true }), frame(8, '\x0f\xa1bye')),
  socket('an empty frame', frame(1, '', { mask: true }), frame(2, '')),
  socket('a frame of a reserved kind', frame(11, '?', { mask: true }), frame(15, '!')),
  socket('what is no frame at all', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n'),
  socket('a megabyte each way', '\x82'.repeat(1_000_000), '\x81'.repeat(1_000_000)),
  [
    'what a handshake agrees on',
    says(
      SWITCHED(
        'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10\r\nSec-WebSocket-Protocol: chat.v2\r\n',
      ),
    ),
    async ({ send, heads }) => {
      const text = await send(
        get(
          `${SOCKET}Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nSec-WebSocket-Protocol: chat.v2, chat\r\n`,
        ),
      ).until(/\r\n\r\n/);
      expect(text).toMatch(/^sec-websocket-extensions: permessage-deflate; server_max_window_bits=10\r$/im);
      expect(text).toMatch(/^sec-websocket-protocol: chat\.v2\r$/im);
      expect(heads()[0]).toMatch(/^sec-websocket-extensions: permessage-deflate; client_max_window_bits\r$/im);
      expect(heads()[0]).toMatch(/^sec-websocket-protocol: chat\.v2, chat\r$/im);
    },
  ],
  [
    'a close and an end: the client gets both',
    async ({ body, write, socket: line }) => {
      write(SWITCHED());
      await body(/^bye/);
      write(frame(8, '\x03\xe8'));
      line.end();
    },
    async ({ send, more }) => {
      const client = send(get(SOCKET));
      await client.until(/\r\n\r\n/);
      more(client, 'bye');
      expect((await client.untilClosed()).endsWith(`\r\n\r\n${frame(8, '\x03\xe8')}`)).toBe(true);
    },
  ],
  [
    'the end of a client that closes its half: the line ends',
    says(SWITCHED()),
    async ({ send, open }) => {
      const client = send(get(SOCKET));
      await client.until(/\r\n\r\n/);
      client.socket.end();
      await expect.poll(open).toBe(0);
    },
  ],
  // Halves
  [
    'a request and the end of its client’s half: answered or ended, and nothing stays open',
    async ({ write }) => {
      await after(100);
      write(answer('late'));
    },
    async ({ send, open }) => {
      const client = send(get('Connection: close\r\n'));
      client.socket.end();
      expect(await client.untilClosed()).toMatch(/^$|late$/);
      await expect.poll(open).toBe(0);
    },
  ],
  [
    'half a request, and the rest a while later, behind a whole one',
    says(answer('ok')),
    async ({ send, more }) => {
      const [first, rest] = [get(), get()];
      const client = send(first + rest.slice(0, 9));
      await after(50);
      more(client, rest.slice(9));
      expect(await answers(client, ['GET', 'GET'])).toEqual(['200 ok', '200 ok']);
    },
  ],
];
