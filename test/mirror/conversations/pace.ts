/** Slow and hasty peers, and peers that switch the protocol. */
import { setTimeout as after } from 'node:timers/promises';
import { expect } from 'vitest';
import { again, gets, says, saysAndEnds, saysAndResets, second } from './parts.ts';
import { answer, answers, answersIn, type Case, get, post, SOCKET } from './stage.ts';

const MB = 1_048_576;

export const SLOWLY: readonly Case[] = [
  [
    'three megabytes to a client that reads slowly: all of them',
    says(answer('x'.repeat(3 * MB))),
    async ({ send }) => {
      const client = send(get());
      for (let i = 0; i < 10; i++) {
        client.socket.pause();
        await after(30);
        client.socket.resume();
        await after(5);
      }
      expect(await answers(client, ['GET'])).toEqual([`200 ${3 * MB}`]);
    },
  ],
  ['byte by byte', says(...answer('slow'), ''), gets('200 slow')],
  [
    'one answer to a request that comes byte by byte',
    async ({ body, write }) => {
      await body(/^hello/);
      write(answer('took it'));
    },
    async ({ send, more, path }) => {
      const client = send('');
      for (const byte of post('hello').replace('PATH', path)) {
        more(client, byte);
        await after(2);
      }
      expect(await answers(client, ['POST'])).toEqual(['200 took it']);
    },
  ],
  [
    'each answer in its turn to thirty requests that came at once, the first of them last',
    async (peer) => {
      const n = Number(/n=(\d+)/.exec(peer.head)?.[1]);
      await after(n === 0 ? 200 : 5);
      peer.write(answer(`number ${n}`));
    },
    async ({ send }) => {
      const client = send(Array.from({ length: 30 }, (_, n) => get().replace('PATH', `PATH?n=${n}`)).join(''));
      expect(await answers(client, Array(30).fill('GET'))).toEqual(
        Array.from({ length: 30 }, (_, n) => `200 number ${n}`),
      );
    },
  ],
  [
    'no answer to what follows a request that said `Connection: close`',
    says(answer('first')),
    async ({ send, heads }) => {
      const client = send(get('Connection: close\r\n') + get());
      expect(answersIn(await client.untilClosed(), ['GET'], true)).toEqual(['200 first']);
      expect(heads()).toHaveLength(1);
    },
  ],
  [
    'the first answer, and an end or 400, to a request that garbage follows',
    says(answer('first')),
    async ({ send, heads }) => {
      const client = send(`${get()}\x01\x02garbage\r\n\r\n`);
      const found = answersIn(await client.untilClosed(), ['GET', 'GET'], true);
      expect(found.join()).toMatch(/^200 first(?:,400.*)?$|^400/);
      expect(heads().length).toBeLessThanOrEqual(1);
    },
  ],
];

const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
export const UPGRADES: readonly Case[] = [
  [
    '401 with a body to a handshake: the connection can be used again, or ends',
    (peer) => second(peer, says(answer('who?', '', '401 Unauthorized'))),
    (stage) => again(stage, get(SOCKET), 'GET', ['401 who?', /^200 second$|^none/]),
  ],
  [
    '426 to a request that offered nothing: it is passed on',
    says(answer('ws only', 'Connection: Upgrade\r\nUpgrade: websocket\r\n', '426 Upgrade Required')),
    gets('426 ws only'),
  ],
  [
    'an answer to a handshake in HTTP/1.0, which knows none: it is passed on',
    says(answer('plain')),
    async ({ send }) => expect(await send(get(SOCKET, '1.0')).until(/plain$/)).toMatch(/^HTTP\/1\.[01] 200 /),
  ],
  [
    'its first frames at once with 101: none is lost',
    says(`${SWITCHED}frames`),
    async ({ send }) => expect(await send(get(SOCKET)).until(/frames$/)).toMatch(/^HTTP\/1\.1 101 [\s\S]*frames$/),
  ],
  [
    'late to a client whose first frames come before 101: none is lost',
    async ({ body, write }) => {
      await after(100);
      write(SWITCHED);
      await body(/^early/);
      write('got early');
    },
    async ({ send }) => expect(await send(`${get(SOCKET)}early`).until(/got early$/)).toMatch(/^HTTP\/1\.1 101 /),
  ],
  [
    '101 and its end: the client’s connection ends',
    saysAndEnds(SWITCHED),
    async ({ send }) => expect(await send(get(SOCKET)).untilClosed()).toMatch(/^HTTP\/1\.1 101 /),
  ],
  [
    '101 and a reset: the client’s connection ends',
    saysAndResets(SWITCHED),
    async ({ send }) => expect(await send(get(SOCKET)).untilClosed()).toMatch(/^HTTP\/1\.1 101 /),
  ],
  [
    '101 to a client that leaves: the primary’s connection ends',
    says(SWITCHED),
    async ({ send, open }) => {
      const client = send(get(SOCKET));
      await client.until(/ 101 [\s\S]*\r\n\r\n/);
      client.destroy();
      await expect.poll(open).toBe(0);
    },
  ],
  [
    'an answer to an offer of another protocol, and to what came with it, or its end; and half a request is no other one',
    (peer) =>
      second(peer, async ({ head, write, body }) => {
        const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
        await body(new RegExp(`^[\\s\\S]{${length}}`));
        write(answer('first'));
      }),
    async ({ send, more, heads }) => {
      const offer = get('Connection: Upgrade\r\nUpgrade: foo/2\r\n');
      const whole = send(offer + get('X-Second: 1\r\n'));
      const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n';
      const half = send(offer + post('', `Content-Length: ${smuggled.length}\r\n`));
      await half.until(/first$/);
      more(half, smuggled);
      expect((await answers(whole, ['GET', 'GET'])).join('|')).toMatch(/^200 first(?:\|200 second)?$/);
      await Promise.race([half.until(/first[\s\S]*first$/), after(300)]);
      expect(heads('/smuggled')).toEqual([]);
    },
  ],
];

const CONNECT = 'CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n';
/**
 * The name, what the client sends while the previous answer is in progress, and whether the connection may end instead
 * of that answer.
 */
const BEHIND: readonly (readonly [string, string, boolean?])[] = [
  ['CONNECT', CONNECT],
  ['a request and CONNECT', get('X-Second: 1\r\n') + CONNECT],
  ['a handshake', get(`X-Second: 1\r\n${SOCKET}`)],
  ['a handshake with two Hosts', get(`Host: y\r\n${SOCKET}`)],
  ['two Hosts', get('Host: y\r\n')],
  ['garbage', '\0\x01\x02 x\r\n\r\n'],
  ['a head of 200 kB', get(`X-A: ${'y'.repeat(200_000)}\r\n`)],
  ['HTTP/0.9', 'GET PATH\r\n'],
  ['a greeting of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['chunks that nobody can read', post('zz\r\n', 'Transfer-Encoding: chunked\r\n'), true],
  ['two lengths', post('hello', 'Content-Length: 5\r\nContent-Length: 6\r\n')],
];

/** Expects that no reply to these bytes is taken for the previous answer. */
export const BEHIND_ANSWERS: readonly Case[] = BEHIND.map(([name, bytes, mayEnd = false]) => [
  name,
  (peer) =>
    second(peer, async ({ write }) => {
      await after(200);
      write(answer('slow'));
    }),
  async ({ send }) => {
    const client = send(get() + bytes);
    await client.until(/slow/);
    if (!mayEnd || client.text !== '') expect(client.text).toMatch(/^HTTP\/1\.1 200 [^\0]*?\r\n\r\nslow(?:$|HTTP)/);
  },
]);
