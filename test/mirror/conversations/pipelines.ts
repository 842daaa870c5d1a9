/** Several requests on one connection, some of which expect to be told to go on. */
import { setTimeout as after } from 'node:timers/promises';
import { expect } from 'vitest';
import { answer, answers, type Case, get, type Peer, post } from './stage.ts';

const EXPECTS = 'Expect: 100-continue\r\nContent-Length: 5\r\n';
const NUMBER = /^x-number: (\d)/im;
const numbered = (n: number) => post('x', `X-Number: ${n}\r\nContent-Length: 1\r\n`);
/** Reads a body of the announced length and answers with it, or with `none`. */
const echoes = async ({ head, body, write }: Peer) => {
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
  write(answer((await body(new RegExp(`^[\\s\\S]{${length}}`))) || 'none'));
};

/** Writes down when each request began and ended. The first ends as `first` says, 100 ms later. */
function inTurn(first: (peer: Peer) => unknown): {
  readonly turns: string[];
  readonly script: (peer: Peer) => unknown;
} {
  const turns: string[] = [];
  const script = async (peer: Peer) => {
    const n = NUMBER.exec(peer.head)?.[1] ?? '';
    turns.push(`${n} begins`);
    await peer.body(/^x/);
    await after(100);
    turns.push(`${n} ends`);
    if (n === '1') await first(peer);
    else peer.write(answer(`number ${n}`));
  };
  return { turns, script };
}

const whole = inTurn(({ write }) => write(answer('number 1')));
const closing = inTurn(({ write }) => write(answer('number 1', 'Connection: close\r\n')));
const cut = inTurn(({ socket }) => socket.destroy());

export const PIPELINES: readonly Case[] = [
  [
    'never says 100, to clients that do not wait for it: all answers in turn',
    echoes,
    async ({ send }) => {
      const client = send(post('first', EXPECTS) + post('again', EXPECTS) + get() + get());
      const found = await answers(client, ['POST', 'POST', 'GET', 'GET']);
      expect(found).toEqual(['200 first', '200 again', '200 none', '200 none']);
    },
  ],
  [
    'says 100 to each of two that wait, and not to the requests behind them: all answers in turn',
    async (peer) => {
      if (/^content-length: 5/im.test(peer.head)) peer.write('HTTP/1.1 100 Continue\r\n\r\n');
      await echoes(peer);
    },
    async ({ send, more }) => {
      const client = send(post('', EXPECTS));
      await client.until(/ 100 /);
      more(client, `first${post('', EXPECTS)}`);
      await client.until(/ 200 [\s\S]* 100 /);
      more(client, `again${get()}${get()}`);
      const found = await answers(client, ['POST', 'POST', 'GET', 'GET']);
      expect(found).toEqual(['200 first', '200 again', '200 none', '200 none']);
    },
  ],
  [
    'gets expectations without a body: the connection stays',
    echoes,
    async ({ send, more }) => {
      const client = send(get('Expect: 100-continue\r\n'));
      await answers(client, ['GET']);
      more(client, post('', 'Expect: 100-continue\r\nContent-Length: 0\r\n'));
      await answers(client, ['GET', 'POST']);
      more(client, get());
      expect(await answers(client, ['GET', 'POST', 'GET'])).toEqual(['200 none', '200 none', '200 none']);
    },
  ],
  ...(
    [
      ['is asked for one effect after another: each begins when the one before has ended', whole],
      ['says that it closes after an effect that others wait for: each begins when the one before has ended', closing],
    ] as const
  ).map(
    ([name, { turns, script }]): Case => [
      name,
      script,
      async ({ send }) => {
        turns.length = 0;
        const client = send(numbered(1) + numbered(2) + numbered(3));
        expect(await answers(client, ['POST', 'POST', 'POST'])).toEqual([
          '200 number 1',
          '200 number 2',
          '200 number 3',
        ]);
        expect(turns).toEqual(['1 begins', '1 ends', '2 begins', '2 ends', '3 begins', '3 ends']);
      },
    ],
  ),
  [
    'leaves instead of an answer that others wait for: each of these is answered, or never begun',
    cut.script,
    async ({ send }) => {
      cut.turns.length = 0;
      const client = send(numbered(1) + numbered(2));
      const [first, second] = await answers(client, ['POST', 'POST']);
      expect(first).toMatch(/^502/);
      await after(200);
      expect(cut.turns.includes('2 begins')).toBe(second !== undefined);
    },
  ],
  ...(['GET', 'HEAD'] as const).map(
    (method): Case => [
      `says more after its whole answer to ${method}: the answer, and the next one's`,
      (peer) => peer.write(/^x-second/im.test(peer.head) ? answer('second') : `${answer('ok')}and more`),
      async ({ send, more }) => {
        const client = send(get().replace('GET', method));
        const [first = ''] = await answers(client, [method]);
        expect(first).toBe(method === 'HEAD' ? '200' : '200 ok');
        await after(50);
        more(client, get('X-Second: 1\r\n'));
        expect(await answers(client, [method, 'GET'])).toEqual([first, '200 second']);
      },
    ],
  ),
];
