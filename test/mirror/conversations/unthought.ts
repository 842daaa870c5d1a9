/** Conversations that nobody had thought of. The expected answers were written before the first run. */
import { setTimeout as after } from 'node:timers/promises';
import { expect } from 'vitest';
import { gets, misses, second } from './parts.ts';
import { answer, answers, type Case, chunked, get, type Peer, post, SOCKET } from './stage.ts';

const EVIL = 'GET PATH-evil HTTP/1.1\r\nHost: evil\r\n\r\n';
const SWITCHED =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';
const HEAD = /^[\s\S]*?\r\n\r\n/;
const CLOSE = '\x88\x02\x03\xe8';
const MASKED_CLOSE = '\x88\x82\x01\x02\x03\x04\x02\xea';
const ok = (peer: Peer) => peer.write(answer('ok'));
/** Answers with the first `length` bytes that arrive. */
const says = (length: number) => async (peer: Peer) =>
  peer.write(answer(await peer.body(new RegExp(`^[\\s\\S]{${length}}`))));

export const UNTHOUGHT: readonly Case[] = [
  [
    'refuses an expectation, and the client never sends the body: the refusal, and no wait',
    (peer) => peer.write(answer('no', '', '417 Expectation Failed')),
    async ({ send }) => {
      const client = send(post('', 'Expect: 100-continue\r\nContent-Length: 5\r\n'));
      const text = await client.until(/ 417 [\s\S]*no$/);
      expect(text).toMatch(/^(?:HTTP\/1\.1 100 .*\r\n\r\n)?HTTP\/1\.1 417 [\s\S]*\r\n\r\nno$/);
    },
  ],
  [
    'says 100 twice, and 103 between them: its answer',
    async (peer) => {
      peer.write(
        'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n',
      );
      await says(5)(peer);
    },
    gets('200 hello', post('hello', 'Expect: 100-continue\r\nContent-Length: 5\r\n'), 'POST'),
  ],
  [
    'answers the first of three to a client that leaves then: nothing stays behind',
    ok,
    async ({ send, open }) => {
      const client = send(get() + get() + get());
      await client.until(/\r\n\r\nok/);
      client.socket.resetAndDestroy();
      await after(100);
      expect(open()).toBeLessThanOrEqual(3);
    },
  ],
  [
    'gets no request that stands behind a bad one',
    ok,
    async ({ send, heads }) => {
      const client = send(`${get()}GET PATH HTTP/1.1\r\nHost: x\r\nBad Name: 1\r\n\r\n${get('X-Second: 1\r\n')}`);
      const text = await client.untilClosed();
      expect(text).toMatch(/^HTTP\/1\.1 (?:200|4)/);
      await after(50);
      expect(heads().filter((head) => /x-second/i.test(head))).toEqual([]);
    },
  ],
  [
    'gets a thousand chunks whose extensions are longer than they',
    async (peer) => {
      const body = await peer.body(/^[\s\S]*\r\n0\r\n\r\n/);
      peer.write(answer(String(body.replace(/[\da-f]+\r\n|\r\n/g, '').length)));
    },
    async ({ send }) => {
      const text = `${`1;${'a'.repeat(60)}=b\r\nx\r\n`.repeat(1_000)}0\r\n\r\n`;
      const [got] = await answers(send(post(text, 'Transfer-Encoding: chunked\r\n')), ['POST']);
      expect(got).toMatch(/^200 1000$|^4/);
    },
  ],
  ...['+2', '2_', '0X2', '2\x0b', '\xef\xbc\x92', '2,2'].map(
    (size): Case => [
      `gets no chunk whose size is ${JSON.stringify(size)}`,
      (peer) => peer.body(/^[\s\S]*\r\n0\r\n\r\n/).then(() => ok(peer)),
      async ({ send, heads, path }) => {
        const client = send(`${post(`${size}\r\nhi\r\n0\r\n\r\n`, 'Transfer-Encoding: chunked\r\n')}${EVIL}`);
        expect(await client.until(/^HTTP\/1\.1 [2-5]\d\d [\s\S]*\r\n\r\n/)).toMatch(/^HTTP\/1\.1 400/);
        await after(50);
        expect(heads(`${path}-evil`)).toEqual([]);
      },
    ],
  ),
  ...[
    'X-A: b\rX-Evil: c\r\n',
    'X-A: b\r\n X-Evil: c\r\n',
    'X-A: b\r\n\tX-Evil: c\r\n',
    'X-A: b\n X-Evil: c\r\n',
    'X-A: b\x85X-Evil: c\r\n',
    'X-A: b\x0cX-Evil: c\r\n',
  ].map(
    (field): Case => [
      `gets no field of its own out of ${JSON.stringify(field)}`,
      ok,
      async ({ send, heads }) => {
        const client = send(get(field));
        expect(await client.until(/^HTTP\/1\.1 [2-5]\d\d [\s\S]*\r\n\r\n/)).toMatch(/^HTTP\/1\.1 (?:200|400)/);
        for (const head of heads()) {
          expect(head.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
          expect(head).not.toMatch(/^x-evil/im);
        }
      },
    ],
  ),
  ...[
    'Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n',
    'Transfer-Encoding:\n chunked\r\nContent-Length: 5\r\n',
    'Content-Length: 5\r\nX: y\r\n\tTransfer-Encoding: chunked\r\n',
    'Content-Length: 5\r\nTransfer-Encoding\r: chunked\r\n',
    'Content-Length:\r\n 5\r\nContent-Length: 5\r\n',
    'Content-Length: 5\nTransfer-Encoding: chunked\n',
    'Content-Length: 5\r\n\x00Transfer-Encoding: chunked\r\n',
  ].map(
    (fields): Case => [
      `gets at most one meaning of ${JSON.stringify(fields)}`,
      async (peer) => {
        const body = /content-length: 5/i.test(peer.head) ? /^[\s\S]{5}/ : /^[\s\S]*\r\n0\r\n\r\n/;
        await peer.body(body);
        ok(peer);
      },
      async ({ send, heads, path }) => {
        const client = send(post(`0\r\n\r\n${EVIL}`, fields));
        const text = await client.until(/^HTTP\/1\.1 [2-5]\d\d [\s\S]*\r\n\r\n/);
        await after(50);
        for (const head of heads()) {
          const framed = head.match(/^(?:content-length|transfer-encoding):/gim) ?? [];
          expect(framed.length).toBe(1);
          expect(head.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
        }
        // If the request is refused, nothing after it is passed on.
        if (/^HTTP\/1\.1 4/.test(text)) expect(heads(`${path}-evil`)).toEqual([]);
      },
    ],
  ),
  [
    'answers without a length to a client that asks twice at once: both, or the first and the end',
    (peer) => second(peer, () => void peer.socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end')),
    async ({ send }) => {
      const client = send(get() + get('X-Second: 1\r\n'));
      const found = await answers(client, ['GET', 'GET']);
      expect(found.join('|')).toMatch(/^200 to the end(?:\|200 second)?$/);
    },
  ],
  [
    'answers without a length in HTTP/1.0, and says keep-alive: to the end',
    (peer) => void peer.socket.end('HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nto the end'),
    gets('200 to the end', get('Connection: close\r\n')),
  ],
  [
    'answers 304 in chunks that never come',
    (peer) => peer.write('HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n'),
    gets(/^304$/, get('Connection: close\r\n')),
  ],
  [
    'answers 205 with a body: as it is, or 502',
    (peer) => peer.write(answer('body', '', '205 Reset Content')),
    gets(/^205|^502/),
  ],
  [
    'answers with a reason of 8 kB',
    (peer) => peer.write(answer('ok', '', `200 ${'r'.repeat(8_000)}`)),
    gets(/^200 ok$|^502/),
  ],
  [
    'answers one byte every 5 ms',
    async (peer) => {
      for (const byte of answer('ok', 'X-Slow: 1\r\n')) {
        peer.write(byte);
        await after(5);
      }
    },
    gets('200 ok'),
  ],
  [
    'answers in chunks whose sizes have 3,000 zeros',
    (peer) => peer.write(chunked(`${'0'.repeat(3_000)}2\r\nok\r\n0\r\n\r\n`)),
    gets(/^200 ok$|^502/),
  ],
  [
    'answers in a chunk of 2 to the 64th and 2',
    (peer) => void peer.socket.end(chunked('10000000000000002\r\nok\r\n0\r\n\r\n')),
    misses(),
  ],
  [
    'answers with a length of 2 to the 64th and 2',
    (peer) => void peer.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551618\r\n\r\nok'),
    misses(),
  ],
  [
    'answers with a bare CR in a value: one field, or 502',
    (peer) => peer.write(answer('ok', 'X-A: b\rX-Evil: c\r\n')),
    async ({ send }) => {
      const text = await send(get()).until(/^HTTP\/1\.1 [2-5]\d\d [\s\S]*\r\n\r\n/);
      expect(text).not.toMatch(/^x-evil/im);
      expect(text.replaceAll('\r\n', '')).not.toMatch(/\r/);
    },
  ],
  [
    'answers with a folded field: one field, or 502',
    (peer) => peer.write(answer('ok', 'X-A: b\r\n X-Evil: c\r\n')),
    async ({ send }) => {
      const text = await send(get()).until(/^HTTP\/1\.1 [2-5]\d\d [\s\S]*\r\n\r\n/);
      expect(text).not.toMatch(/^x-evil|\n /im);
    },
  ],
  [
    'answers with two Locations, and two Content-Types: both, or 502',
    (peer) => peer.write(answer('ok', 'Content-Type: a/b\r\nContent-Type: c/d\r\nLocation: /1\r\nLocation: /2\r\n')),
    gets(/^200 ok$|^502/),
  ],
  // WebSocket.
  [
    'agrees on compression: what both offer and take is theirs',
    (peer) =>
      peer.write(
        SWITCHED.replace(
          '\r\n\r\n',
          '\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n\r\n',
        ),
      ),
    async ({ send, heads }) => {
      const offer = 'permessage-deflate; client_max_window_bits, x-webkit-deflate-frame';
      const client = send(get(`${SOCKET}Sec-WebSocket-Extensions: ${offer}\r\n`));
      expect(await client.until(HEAD)).toMatch(
        /^sec-websocket-extensions: permessage-deflate; server_no_context_takeover\r$/im,
      );
      expect(heads()[0]).toContain(`: ${offer}\r\n`);
    },
  ],
  [
    'switches for a browser that also says keep-alive',
    (peer) => peer.write(`${SWITCHED}##hi`),
    async ({ send }) => {
      const client = send(get(SOCKET.replace('Connection: Upgrade', 'Connection: keep-alive, Upgrade')));
      expect(await client.until(/hi$/)).toMatch(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\n##hi$/);
    },
  ],
  [
    'closes the socket as its client does: each hears the other',
    async (peer) => {
      peer.write(SWITCHED + CLOSE);
      const frame = await peer.body(/^\x88[\s\S]{7}/);
      peer.socket.end(frame === MASKED_CLOSE ? '' : 'wrong');
    },
    async ({ send, more }) => {
      const client = send(get(SOCKET));
      await client.until(HEAD);
      more(client, MASKED_CLOSE);
      const text = await client.untilClosed();
      expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe(CLOSE);
    },
  ],
  [
    'switches for the second offer of a connection whose first it refused',
    (peer) => peer.write(/x-second/i.test(peer.head) ? `${SWITCHED}##hi` : answer('sign in', '', '401 Unauthorized')),
    async ({ send, more }) => {
      const client = send(get(SOCKET));
      await client.until(/sign in$/);
      more(client, get(`${SOCKET}X-Second: 1\r\n`));
      // The embedded mirror ends the connection after a refusal.
      expect(await client.until(/hi$/)).toMatch(/##hi$|sign in$/);
    },
  ],
  [
    'switches for the offer behind another request, or ignores it: browsers offer first',
    (peer) => peer.write(/^upgrade: websocket/im.test(peer.head) ? `${SWITCHED}##hi` : answer('ok')),
    async ({ send }) => {
      const found = await send(get() + get(SOCKET)).until(/hi$|ok[\s\S]*ok$/);
      expect(found).toMatch(/^HTTP\/1\.1 200 [\s\S]*okHTTP\/1\.1 (?:101 [\s\S]*\r\n\r\n##hi|200 [\s\S]*ok)$/);
    },
  ],
  [
    'says 100 before it switches',
    (peer) => peer.write(`HTTP/1.1 100 Continue\r\n\r\n${SWITCHED}##hi`),
    async ({ send }) => {
      expect(await send(get(SOCKET)).until(/hi$/)).toMatch(/HTTP\/1\.1 101 [\s\S]*\r\n\r\n##hi$/);
    },
  ],
  [
    'says on the switched line what looks like an answer, and is none',
    (peer) => peer.write(`${SWITCHED}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`),
    async ({ send }) => {
      const text = await send(get(SOCKET)).until(/evil$/);
      expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil');
    },
  ],
  [
    'gets on the switched line what looks like a request, and is none',
    async (peer) => {
      peer.write(SWITCHED);
      peer.write(await peer.body(/^GET [\s\S]*\r\n\r\n/));
    },
    async ({ send, more, heads, path }) => {
      const client = send(get(SOCKET));
      await client.until(HEAD);
      more(client, EVIL);
      const text = await client.until(/Host: evil\r\n\r\n$/);
      expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe(EVIL.replace('PATH', path));
      expect(heads(`${path}-evil`)).toEqual([]);
    },
  ],
];
