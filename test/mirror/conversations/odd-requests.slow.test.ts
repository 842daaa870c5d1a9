/**
 * Sends odd requests through each proxy that this machine has: each is refused, or passed on with its only meaning, and
 * the next client gets its own answer.
 */
import { createServer } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRequest } from '../fuzz/strict-reader.ts';
import { type MirrorProcess, portOf, startMirror } from '../mirror-process.ts';
import { RawClient } from '../rig.ts';
import { ODD_REQUESTS } from './odd-requests.ts';
import { answer, answersIn, get, RECORDED } from './stage.ts';

/** Answers with the method and the body as soon as a strict reader has a whole request. */
function echo(heads: string[], faults: unknown[]) {
  return createServer((socket) => {
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      try {
        for (let one = readRequest(text, 0); one !== null; one = readRequest(text, 0)) {
          text = text.slice(one.end);
          const [method = '', target] = one.startLine.split(' ');
          if (target !== '/healthz' && target !== '/witness') heads.push(one.head.replaceAll('\r\n', '\n'));
          const whole = answer(`${method}:${one.body}`);
          socket.write(method === 'HEAD' ? whole.slice(0, whole.indexOf('\r\n\r\n') + 4) : whole, 'latin1');
        }
      } catch (error) {
        faults.push(error);
        socket.destroy();
      }
    });
  });
}

describe.each(RECORDED)('by %s, of which %s is recorded', (proxy, rate) => {
  const [heads, faults]: [string[], unknown[]] = [[], []];
  let mirror: MirrorProcess;
  beforeAll(async () => {
    const port = await portOf(echo(heads, faults));
    const candidate = await portOf(echo([], []));
    mirror = await startMirror(proxy, { stable: port, candidate, env: { MIRROR_SAMPLE_RATE: rate } });
  });
  afterAll(() => mirror.stop());
  const answersOf = async (request: string, methods: readonly string[]) => {
    const client = new RawClient(mirror.port);
    client.write(Buffer.from(request, 'latin1'));
    for (;;) {
      const { length } = client.text;
      const { destroyed } = client.socket;
      // What the mirror sends after the expected answers, in reply to unreadable bytes, is ignored.
      const found = tried(() => answersIn(client.text, [...methods, ...methods], destroyed));
      if (destroyed || (found?.length ?? 0) >= methods.length) {
        client.destroy();
        return (found ?? ['cut']).slice(0, methods.length).join('|');
      }
      await client.until(new RegExp(`^[\\s\\S]{${length + 1}}`));
    }
  };

  it.each(ODD_REQUESTS)('$name', async ({ request, gets, head, not, most, methods = ['GET'] }) => {
    heads.length = 0;
    const got = await answersOf(request.replaceAll('PATH', '/case'), methods);
    expect(got).toMatch(gets);
    if (most !== undefined) {
      await after(50);
      expect(heads.length).toBeLessThanOrEqual(most);
    }
    const [first = ''] = heads;
    if (!got.startsWith('200')) expect(heads).toEqual([]);
    else if (head !== undefined) expect(first).toMatch(head);
    if (not !== undefined) expect(first).not.toMatch(not);
    expect(faults.splice(0)).toEqual([]);
    expect(await answersOf(get().replace('PATH', '/witness'), ['GET'])).toBe('200 GET:');
  });
});

function tried<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}
