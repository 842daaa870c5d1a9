/**
 * Requests at a fixed rate, whether or not the earlier ones were answered (an open loop), so that a slow subject cannot
 * slow the generator down and hide its own latency. A request's time counts from the moment the generator wakes up to
 * send it, including any wait for a free connection.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { percentile } from './statistics.ts';
import type { Profile } from './subjects.ts';

const MAX_CONNECTIONS = 256;
const FIRST_CONNECTIONS = 32;
const TICK_MS = 1;
/** Requests that are still unanswered by then count as lost. */
const LAST_ANSWERS_MS = 2_500;

export interface Latencies {
  readonly sent: number;
  readonly lost: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

export async function openLoop(port: number, profile: Profile, rate: number, seconds: number): Promise<Latencies> {
  const head = `${profile.method} ${profile.path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`;
  const length = profile.bodyBytes === 0 ? '' : `Content-Length: ${profile.bodyBytes}\r\n`;
  const generator = new Generator(port, Buffer.from(`${head}${length}\r\n${'x'.repeat(profile.bodyBytes)}`));
  const start = performance.now();
  let issued = 0;
  for (let now = start; now - start < seconds * 1_000; now = performance.now()) {
    const due = Math.floor(((now - start) * rate) / 1_000);
    for (; issued < due; issued++) generator.issue(now);
    await after(TICK_MS);
  }
  return generator.end(issued);
}

class Generator {
  readonly #port: number;
  readonly #request: Buffer;
  readonly #free: Connection[] = [];
  readonly #waiting: number[] = [];
  readonly #all = new Set<Connection>();
  readonly #times: number[] = [];

  constructor(port: number, request: Buffer) {
    this.#port = port;
    this.#request = request;
    for (let i = 0; i < FIRST_CONNECTIONS; i++) this.#free.push(this.#connect());
  }

  issue(since: number): void {
    const free = this.#free.pop() ?? (this.#all.size < MAX_CONNECTIONS ? this.#connect() : undefined);
    if (free === undefined) this.#waiting.push(since);
    else free.send(this.#request, since);
  }

  async end(sent: number): Promise<Latencies> {
    const until = performance.now() + LAST_ANSWERS_MS;
    while (this.#times.length < sent && performance.now() < until) await after(10);
    for (const connection of this.#all) connection.close();
    const lost = sent - this.#times.length;
    const sorted = [...this.#times].sort((a, b) => a - b).concat(Array<number>(lost).fill(Number.POSITIVE_INFINITY));
    const at = (share: number) => percentile(sorted, share);
    return { sent, lost, p50: at(0.5), p99: at(0.99), p999: at(0.999) };
  }

  #connect(): Connection {
    const connection: Connection = new Connection(this.#port, (since) => {
      this.#times.push(performance.now() - since);
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(connection);
      else connection.send(this.#request, next);
    });
    this.#all.add(connection);
    return connection;
  }
}

/** One request at a time; reads answers by their Content-Length. */
export class Connection {
  readonly #socket: Socket;
  readonly #answered: (since: number) => void;
  #since = 0;
  #left = -1;

  constructor(port: number, answered: (since: number) => void) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#answered = answered;
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('error', () => {});
  }

  send(request: Buffer, since: number): void {
    this.#since = since;
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    let body = chunk.length;
    if (this.#left < 0) {
      const end = chunk.indexOf('\r\n\r\n');
      const length = /^HTTP\/1\.1 200[\s\S]*?\r\ncontent-length: *(\d+)/i.exec(chunk.toString('latin1', 0, end));
      // A failure must not look like a fast answer: the request stays unanswered.
      if (end < 0 || length === null) return void this.#socket.destroy();
      this.#left = Number(length[1]);
      body -= end + 4;
    }
    this.#left -= body;
    if (this.#left > 0) return;
    this.#left = -1;
    this.#answered(this.#since);
  }
}
