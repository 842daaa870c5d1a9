/** Primaries that send more than was asked for, or send it in another form. */
import { setTimeout as after } from 'node:timers/promises';
import { expect } from 'vitest';
import { OK } from '../raw-primary.ts';
import { again, gets, misses, says, saysAndEnds, second } from './parts.ts';
import { answer, answers, answersIn, type Case, chunked, get, post } from './stage.ts';

export const TOO_MUCH: readonly Case[] = [
  [
    'a body to HEAD',
    (peer) => second(peer, says(answer('body!'))),
    (stage) => again(stage, get().replace('GET', 'HEAD'), 'HEAD', [/^200$/, /^200 second$|^none/]),
  ],
  [
    'a body to 304',
    (peer) => second(peer, says('HTTP/1.1 304 Not Modified\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil')),
    (stage) => again(stage, get(), 'GET', [/^304$/, /^200 second$|^none/]),
  ],
  [
    'a body to 204',
    (peer) => second(peer, says('HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil')),
    (stage) => again(stage, get(), 'GET', [/^204$|^502/, /^200 second$|^none/]),
  ],
  [
    'a second answer that nobody asked for, a while after the first',
    async (peer) => {
      if (peer.before > 0) return peer.write(answer('second'));
      peer.write(answer('first'));
      await after(100);
      peer.write(answer('evil'));
    },
    async (stage) => {
      const client = stage.send(get());
      await answers(client, ['GET']);
      await after(200);
      stage.more(client, get());
      expect((await answers(client, ['GET', 'GET'])).slice(0, 2)).toEqual(['200 first', '200 second']);
    },
  ],
  ['a chunk larger than any', saysAndEnds(chunked('fffffffffffffffff\r\nok\r\n0\r\n\r\n')), misses()],
  ['a chunk of a negative size', saysAndEnds(chunked('-2\r\nok\r\n0\r\n\r\n')), misses()],
  ['a chunk longer than its size', saysAndEnds(chunked('2\r\nokok\r\n0\r\n\r\n')), misses()],
  ['chunks with extensions', says(chunked('2;a="b"\r\nok\r\n0;last\r\n\r\n')), gets('200 ok')],
  ['200 kB of trailers', saysAndEnds(chunked(`2\r\nok\r\n0\r\nX: ${'a'.repeat(200_000)}\r\n\r\n`)), misses()],
  [
    'trailers to a client that speaks HTTP/1.0: they are left out',
    saysAndEnds(chunked('2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n')),
    async ({ send }) => {
      const text = await send(get('', '1.0')).untilClosed();
      expect(text).toMatch(/^HTTP\/1\.[01] 200 (?![\s\S]*transfer-encoding)[\s\S]*\r\n\r\nok$/i);
    },
  ],
  [
    'HTTP/1.0 and chunks: no framing stands in the body',
    saysAndEnds(chunked('2\r\nok\r\n0\r\n\r\n').replace('1.1', '1.0')),
    async ({ send }) => {
      const text = await send(get('Connection: close\r\n')).untilClosed();
      if (!/ 502 /.test(text)) expect(answersIn(text, ['GET'], true)).toEqual(['200 ok']);
    },
  ],
];

export const INTERIM: readonly Case[] = [
  [
    '102, 103, 103',
    says('HTTP/1.1 102 P\r\n\r\n', 'HTTP/1.1 103 E\r\nLink: </a>\r\n\r\n', 'HTTP/1.1 103 E\r\n\r\n', OK),
    gets('200 ok'),
  ],
  ['an interim answer that nobody knows', says('HTTP/1.1 199 What\r\nX: y\r\n\r\n', OK), gets('200 ok')],
  ['103 that says a length', says('HTTP/1.1 103 E\r\nContent-Length: 5\r\n\r\n', OK), gets(/^200 ok$|^502/)],
  [
    'interim answers to a client that speaks HTTP/1.0: it gets none (RFC 9110, 15.2)',
    says('HTTP/1.1 103 E\r\nLink: </a>\r\n\r\n', 'HTTP/1.1 100 C\r\n\r\n', OK),
    async ({ send }) => expect(await send(get('', '1.0')).until(/ok$/)).toMatch(/^HTTP\/1\.[01] 200 /),
  ],
  ['100 to a POST that did not wait for it', says('HTTP/1.1 100 C\r\n\r\n', OK), gets('200 ok', post('hello'))],
];
