/** Primaries that answer before they have read the request or leave midway, and clients that leave midway. */
import { setTimeout as after } from 'node:timers/promises';
import { expect } from 'vitest';
import { again, gets, misses, says, saysAndEnds, saysAndResets, second } from './parts.ts';
import { answer, answers, type Case, chunked, get, post } from './stage.ts';

const MB = 1_048_576;

export const EARLY: readonly Case[] = [
  [
    'a whole answer before the body of a megabyte: the client that reads gets it',
    says(answer('early', 'Connection: close\r\n', '413 Too Large')),
    gets('413 early', post('x'.repeat(MB))),
  ],
  [
    'a refusal, then a reset, of an upload that goes on: the refusal or 502',
    saysAndResets(answer('no', '', '401 No')),
    async (stage) => {
      await gets(/^401 no$|^502 /, post('x'.repeat(5 * MB)))(stage);
      // If the whole upload arrived, the connection is kept: the reset must not affect the next case.
      await expect.poll(stage.open).toBe(0);
    },
  ],
  [
    'an answer before the last chunk: the rest of the upload is no next request',
    (peer) =>
      second(peer, async ({ write, body }) => {
        write(answer('early'));
        await body(/^[\s\S]*\r\n0\r\n\r\n/);
      }),
    async ({ send, more, heads }) => {
      const client = send(post('5\r\nhello\r\n', 'Transfer-Encoding: chunked\r\n'));
      await client.until(/early$/);
      more(client, '26\r\nGET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n\r\n0\r\n\r\n');
      more(client, get());
      await Promise.race([client.until(/second$/), after(1_000)]);
      expect(heads('/smuggled')).toEqual([]);
      expect(client.text).toMatch(/^HTTP\/1\.1 200 [\s\S]*early(?:HTTP\/1\.1 (?:200|400)[\s\S]*)?$/);
    },
  ],
  [
    'a refusal of what waits for 100: the refusal',
    says(answer('no', '', '417 Expectation Failed')),
    gets('417 no', post('hello', 'Expect: 100-continue\r\nContent-Length: 5\r\n')),
  ],
  [
    'no word to what waits for 100 until the body has come: the body goes on',
    async ({ body, write }) => {
      await body(/^hello/);
      write(answer('took it'));
    },
    async ({ send, more }) => {
      const client = send(post('', 'Expect: 100-continue\r\nContent-Length: 5\r\n'));
      await Promise.race([client.until(/ 100 /), after(300)]);
      more(client, 'hello');
      expect(await answers(client, ['POST'])).toEqual(['200 took it']);
    },
  ],
  [
    'an expectation in HTTP/1.0: no 100, and the answer',
    async ({ body, write }) => {
      await body(/^hello/);
      write(answer('took it'));
    },
    async ({ send }) => {
      const client = send(`POST PATH HTTP/1.0\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello`);
      const text = await client.until(/took it$/);
      // Envoy sends 100 anyway (docs/explanation/mirror.md).
      expect(text).toMatch(/^(?:HTTP\/1\.0 100 Continue\r\n\r\n)?HTTP\/1\.[01] 200 /);
    },
  ],
];

export const LEAVING: readonly Case[] = [
  [
    'no word to a client that leaves: its connection to the primary ends',
    () => {},
    async ({ send, open }) => {
      const client = send(get());
      await expect.poll(open).toBe(1);
      client.destroy();
      await expect.poll(open).toBe(0);
    },
  ],
  [
    'no word to a client that leaves in the middle of its upload: no whole request reaches it',
    async ({ body }) => {
      await body(/^x{1000}/);
    },
    async ({ send, open }) => {
      const client = send(post('x'.repeat(1_000), 'Content-Length: 5000\r\n'));
      await expect.poll(open).toBe(1);
      await after(50);
      client.destroy();
      await expect.poll(open).toBe(0);
    },
  ],
  [
    'no word to a client that leaves between two chunks: no last chunk is made up',
    async ({ body }) => {
      await body(/^5\r\nhello\r\n/);
      await body(/^0\r\n\r\n/);
      throw new Error('a last chunk that nobody sent');
    },
    async ({ send, open }) => {
      const client = send(post('5\r\nhello\r\n', 'Transfer-Encoding: chunked\r\n'));
      await expect.poll(open).toBe(1);
      await after(50);
      client.destroy();
      await expect.poll(open).toBe(0);
    },
  ],
  ['five bytes of ten', saysAndEnds('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345'), misses()],
  ['five bytes of ten, and a reset', saysAndResets('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345'), misses()],
  ['chunks without the last', saysAndEnds(chunked('2\r\nok\r\n')), misses()],
  ['chunks without the last, and a reset', saysAndResets(chunked('2\r\nok\r\n')), misses()],
  ['a last chunk without its end', saysAndEnds(chunked('2\r\nok\r\n0\r\n')), misses()],
  ['half a chunk', saysAndEnds(chunked('8\r\nokok')), misses()],
  ['half a status line', saysAndEnds('HTTP/1.1 20'), misses()],
  ['half a field', saysAndEnds('HTTP/1.1 200 OK\r\nContent-Le'), misses()],
  ['100 and no more', saysAndEnds('HTTP/1.1 100 Continue\r\n\r\n'), misses()],
  ['its end, to a POST', saysAndEnds(), misses(post('hello'))],
  [
    'an answer and its end, without a word of it: the next request goes by another connection, and once',
    (peer) => second(peer, ({ socket }) => socket.end(answer('first'))),
    async (stage) => {
      await again(stage, get(), 'GET', ['200 first', '200 second']);
      expect(stage.heads()).toHaveLength(2);
    },
  ],
  [
    '`Connection: close`, and stays: the next request goes by another connection',
    (peer) => second(peer, says(answer('first', 'Connection: close\r\n'))),
    async (stage) => again(stage, get(), 'GET', ['200 first', '200 second']),
  ],
];
