/** Scripts for the client's and the primary's side of one exchange, which are played with any mirror between them. */
import { createServer, type Server, type Socket } from 'node:net';
import { readAnswer, statusOf } from '../fuzz/strict-reader.ts';
import { PROXIES } from '../mirror-process.ts';
import { OK } from '../raw-primary.ts';
import type { RawClient } from '../rig.ts';

/**
 * Each proxy with its sample rates. Envoy runs its script only for recorded requests, so it is tested without and with
 * recording; the embedded mirror does the same work either way, and more when it records.
 */
export const RECORDED = PROXIES.flatMap((proxy) =>
  (proxy === 'envoy' ? (['0', '1'] as const) : (['1'] as const)).map((rate) => [proxy, rate] as const),
);
export const answer = (body: string, fields = '', status = '200 OK') =>
  `HTTP/1.1 ${status}\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
export const chunked = (rest: string, fields = '') =>
  `HTTP/1.1 200 OK\r\n${fields}Transfer-Encoding: chunked\r\n\r\n${rest}`;
/** `PATH` stands for the path of the case. */
export const get = (fields = '', version = '1.1') => `GET PATH HTTP/${version}\r\nHost: x\r\n${fields}\r\n`;
export const post = (body: string, fields = `Content-Length: ${body.length}\r\n`) =>
  `POST PATH HTTP/1.1\r\nHost: x\r\n${fields}\r\n${body}`;
export const SOCKET =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

/** The primary's end of a connection, for one request. */
export interface Peer {
  readonly socket: Socket;
  readonly head: string;
  /** How many earlier requests had this path, on any connection. */
  readonly before: number;
  write(text: string): void;
  /** Resolves when the bytes after the head begin with a match of `pattern`, and consumes the match. */
  body(pattern: RegExp): Promise<string>;
}

export interface Stage {
  /** Sends the text, with PATH replaced by the path of the case. */
  send(text: string): RawClient;
  /** Path of the case. */
  readonly path: string;
  more(client: RawClient, text: string): void;
  /** Heads that the primary received for a path. @default - the path of the case */
  heads(path?: string): readonly string[];
  /** Number of open connections to the primary that have carried a request for this path. */
  open(): number;
}

/** Reads the answers in `text`, every byte of which must belong to one of them. @returns statuses and bodies */
export function answersIn(text: string, methods: readonly string[], ended: boolean): string[] {
  const found: string[] = [];
  for (let at = 0, n = 0; at < text.length; ) {
    const message = readAnswer(text, at, methods[n] ?? 'NONE', ended);
    if (message === null) throw new Error(`half an answer: ${JSON.stringify(text.slice(at, at + 300))}`);
    at = message.end;
    const status = statusOf(message.startLine);
    if (status < 200) continue;
    n++;
    found.push(`${status} ${message.body.length > 40 ? message.body.length : message.body}`.trim());
  }
  return found;
}

export type Case = readonly [name: string, primary: (peer: Peer) => unknown, play: (stage: Stage) => Promise<unknown>];

/** Returns all answers when there are as many as requests, or when the connection has ended. */
export async function answers(client: RawClient, methods: readonly string[]): Promise<string[]> {
  for (;;) {
    const length = client.text.length;
    try {
      const found = answersIn(client.text, methods, client.socket.destroyed || client.socket.readableEnded);
      if (found.length >= methods.length) return found;
    } catch (error) {
      if (client.socket.destroyed) throw error;
    }
    if (client.socket.destroyed) return answersIn(client.text, methods, true);
    await client.until(new RegExp(`^[\\s\\S]{${length + 1}}`));
  }
}

interface Asked {
  readonly path: string;
  readonly head: string;
  readonly socket: Socket;
}

/** A primary that plays a script for each path. */
export class ScriptedPrimary {
  readonly asked: Asked[] = [];
  readonly scripts = new Map<string, Case[1]>([
    ['/healthz', ({ write }) => write(OK)],
    ['/witness', ({ write }) => write(answer('me'))],
  ]);
  /** Errors of scripts that failed. */
  readonly faults: unknown[] = [];
  readonly server: Server = createServer((socket) => this.#serve(socket));

  before(path: string): number {
    return this.asked.filter((one) => one.path === path).length;
  }

  #serve(socket: Socket): void {
    let unread = '';
    let turn = Promise.resolve();
    const body = async (pattern: RegExp): Promise<string> => {
      for (;;) {
        const [taken] = pattern.exec(unread) ?? [];
        if (taken !== undefined) {
          unread = unread.slice(taken.length);
          return taken;
        }
        // The match will never arrive.
        if (socket.destroyed || socket.readableEnded) return new Promise<string>(() => {});
        await new Promise<void>((resolve) => {
          const more = () => {
            socket.off('data', more).off('close', more);
            resolve();
          };
          socket.on('data', more).on('close', more);
        });
      }
    };
    const requests = async () => {
      for (let end = unread.indexOf('\r\n\r\n'); end >= 0; end = unread.indexOf('\r\n\r\n')) {
        const head = unread.slice(0, end + 4);
        unread = unread.slice(end + 4);
        const path = /^\S+ ([^ ?]+)/.exec(head)?.[1] ?? '';
        const before = this.before(path);
        this.asked.push({ path, head, socket });
        const write = (text: string) => void socket.write(text, 'latin1');
        await this.scripts.get(path)?.({ socket, head, before, write, body });
      }
    };
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      unread += chunk.toString('latin1');
      turn = turn.then(requests).catch((error: unknown) => void this.faults.push(error));
    });
  }
}
