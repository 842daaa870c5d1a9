/**
 * Conversations from the bug trackers of proxies. nginx, HAProxy and Go's ReverseProxy judged what is right: the
 * expected answers are those that most of them give.
 */
import { expect } from 'vitest';
import { gets } from './parts.ts';
import { answer, answers, type Case, chunked, get, type Peer, post, SOCKET } from './stage.ts';

const says = (text: string) => (peer: Peer) => peer.write(text);
/** Answers the marked second request, and the first by `text`. */
const thenSecond = (text: string) => (peer: Peer) =>
  peer.write(peer.head.includes('X-Second') ? answer('second') : text);
const SECOND = get('X-Second: 1\r\n');
const headThenGet = async ({ send, more }: Parameters<Case[2]>[0]) => {
  const client = send(get().replace('GET', 'HEAD'));
  expect(await answers(client, ['HEAD'])).toEqual(['200']);
  more(client, SECOND);
  expect(await answers(client, ['HEAD', 'GET'])).toEqual(['200', '200 second']);
};

export const TRACKERS: readonly Case[] = [
  [
    'HEAD with a length, and GET with another (llhttp 202)',
    thenSecond(answer('x'.repeat(123)).split('x')[0] ?? ''),
    headThenGet,
  ],
  ['HEAD whose answer has chunks (HAProxy 1932 and 2836)', thenSecond(chunked('')), headThenGet],
  ['HEAD whose answer has no framing (Node 28438)', thenSecond('HTTP/1.1 200 OK\r\n\r\n'), headThenGet],
  [
    'an answer in six pieces, its framing cut in two (HAProxy 1469)',
    async ({ socket }) => {
      socket.setNoDelay();
      for (const piece of [
        'HTTP/1.1 200 OK\r\nTransfer-Enc',
        'oding: chun',
        'ked\r\n\r',
        '\n5\r',
        '\nhello\r\n0\r\n',
        '\r\n',
      ])
        await new Promise<void>((resolve) => socket.write(piece, () => setImmediate(resolve)));
    },
    gets('200 hello'),
  ],
  [
    'a refusal of a WebSocket that says to what to upgrade (Envoy 45537)',
    says(answer('no', 'Connection: Upgrade\r\nUpgrade: websocket\r\n', '426 Upgrade Required')),
    async ({ send }) => {
      expect(await send(get(SOCKET)).until(/no$/)).toMatch(/^HTTP\/1\.1 426 [\s\S]*\r\nupgrade: websocket\r\n/i);
    },
  ],
  [
    'a request without a body or a length: the primary gets no chunks',
    (peer) => peer.write(answer(/transfer-encoding/i.test(peer.head) ? 'chunks' : 'none')),
    gets('200 none', post('', ''), 'POST'),
  ],
  [
    'CONNECT behind a request: the request is answered, and CONNECT is refused (Bun 43376)',
    says(answer('first')),
    async ({ send }) => {
      const client = send(`${get()}CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n`);
      expect((await answers(client, ['GET', 'CONNECT'])).join()).toMatch(/^200 first,(?:404|501)/);
    },
  ],
  [
    'a hundred and fifty requests at once',
    (peer) => peer.write(answer(/^x-number: (\d+)/im.exec(peer.head)?.[1] ?? '')),
    async ({ send }) => {
      const numbers = Array.from({ length: 150 }, (_, i) => i);
      const client = send(numbers.map((i) => get(`X-Number: ${i}\r\n`)).join(''));
      const all = numbers.map((i) => `200 ${i}`);
      expect(
        await answers(
          client,
          all.map(() => 'GET'),
        ),
      ).toEqual(all);
    },
  ],
];
