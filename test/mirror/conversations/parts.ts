/** Building blocks that many conversations share. */
import { setTimeout as after } from 'node:timers/promises';
import { expect } from 'vitest';
import { readAnswer } from '../fuzz/strict-reader.ts';
import { answer, answers, get, type Peer, type Stage } from './stage.ts';

/** Sends one request, by default a GET, and expects this answer. */
export const gets = (wanted: string | RegExp, request = get(), method = 'GET') => {
  return async ({ send }: Stage) => {
    const [got] = await answers(send(request), [method]);
    if (typeof wanted === 'string') expect(got).toBe(wanted);
    else expect(got).toMatch(wanted);
  };
};
/** Expects 502 or an incomplete answer: a client must see that something is missing. */
export const misses =
  (request = get()) =>
  async ({ send }: Stage) => {
    const text = await send(request.replace('Host: x\r\n', 'Host: x\r\nConnection: close\r\n')).untilClosed();
    if (!/^HTTP\/1\.[01] 502 /.test(text)) expect(readAnswer(text, 0, 'GET', false)).toBeNull();
  };
export const says =
  (...parts: readonly string[]) =>
  async ({ write }: Peer) => {
    for (const part of parts) {
      write(part);
      await after(10);
    }
  };
export const saysAndEnds =
  (...parts: readonly string[]) =>
  async (peer: Peer) => {
    await says(...parts)(peer);
    peer.socket.end();
  };
export const saysAndResets =
  (...parts: readonly string[]) =>
  async (peer: Peer) => {
    await says(...parts)(peer);
    await after(50);
    peer.socket.resetAndDestroy();
  };

const SECOND = 'X-Second: 1\r\n';
/**
 * Sends a second request on the same connection, if that is still open. Safe requests may arrive twice, so the second
 * one is marked.
 */
export const again = async (
  { send, more }: Stage,
  first: string,
  method: string,
  wanted: readonly (string | RegExp)[],
) => {
  const client = send(first);
  try {
    await answers(client, [method]);
  } catch {
    return expect('cut').toMatch(wanted[0] ?? '');
  }
  more(client, get(SECOND));
  const found = await answers(client, [method, 'GET']);
  for (const [i, each] of wanted.entries()) expect(found[i] ?? 'none: the connection has ended').toMatch(each);
};
export const second = (peer: Peer, first: (peer: Peer) => unknown) =>
  peer.head.toLowerCase().includes(SECOND.toLowerCase()) ? peer.write(answer('second')) : first(peer);
