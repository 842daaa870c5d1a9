/** A service that reads strictly and answers each tagged request as its conversation says. */
import { createServer, type Server, type Socket } from 'node:net';
import type { Answer } from './answers.ts';
import { TAG } from './notation.ts';
import { readRequest } from './strict-reader.ts';

export interface Seen {
  readonly method: string;
  readonly id: number;
  readonly number: number;
  readonly body: string;
}

export interface HostileService {
  readonly server: Server;
  /** Open connections, each with the last bytes that it received. */
  readonly open: ReadonlyMap<Socket, () => string>;
}

export interface HostilePorts {
  answer(id: number, number: number): Answer | undefined;
  /** Called for each whole request that has a tag. */
  seen(request: Seen): void;
  /** Called for bytes that a strict reader rejects. */
  ambiguous(error: unknown, text: string): void;
}

const TAGGED = /tag-(\d{6})-(\d\d)/;
const LAST_BYTES = 600;
const PLAIN: Answer = {
  pieces: ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain'],
  end: 'stay',
  whole: true,
  early: false,
};

/** Replaces {@link TAG} with the conversation's own tag. */
export function tagged(text: string, id: number): Buffer {
  return Buffer.from(text.replaceAll(TAG, `tag-${String(id).padStart(6, '0')}`), 'latin1');
}

/** Cuts the tagged text where `pieces` are cut, even in the middle of a tag. */
export function taggedPieces(pieces: readonly string[], id: number): Buffer[] {
  const whole = tagged(pieces.join(''), id);
  let from = 0;
  return pieces.map(({ length }) => {
    from += length;
    return whole.subarray(from - length, from);
  });
}

export function hostileService(ports: HostilePorts): HostileService {
  const open = new Map<Socket, () => string>();
  const server = createServer((socket) => {
    const line = new Line(socket, ports);
    open.set(socket, () => line.last);
    socket.on('error', () => {});
    socket.once('close', () => open.delete(socket));
    socket.on('data', (chunk) => void line.take(chunk.toString('latin1')));
  });
  return { server, open };
}

/** One connection from the mirror. */
class Line {
  readonly #socket: Socket;
  readonly #ports: HostilePorts;
  #text = '';
  #from = 0;
  #answering = false;
  /** Whether the current request was answered before its body was complete. */
  #answered = false;
  /** Whether the connection was switched to another protocol. */
  #upgraded = false;

  constructor(socket: Socket, ports: HostilePorts) {
    this.#socket = socket;
    this.#ports = ports;
  }

  get last(): string {
    return this.#text.slice(-LAST_BYTES);
  }

  async take(text: string): Promise<void> {
    this.#text += text;
    if (this.#answering) return;
    this.#answering = true;
    try {
      while (!this.#upgraded && (await this.#step()));
    } catch (error) {
      this.#ports.ambiguous(error, this.#text.slice(this.#from));
      this.#socket.destroy();
    }
    this.#answering = false;
  }

  /** @returns whether there was a whole request */
  async #step(): Promise<boolean> {
    const head = this.#text.indexOf('\r\n\r\n', this.#from);
    if (head < 0) return false;
    const { id, number, answer } = this.#asked(this.#text.slice(this.#from, head));
    if (answer.early && !this.#answered) await this.#answer(answer, id);
    const request = readRequest(this.#text, this.#from);
    if (request === null) return false;
    this.#from = request.end;
    if (id >= 0) this.#ports.seen({ method: request.startLine.split(' ', 1)[0] ?? '', id, number, body: request.body });
    if (!this.#answered) await this.#answer(answer, id);
    this.#answered = false;
    return true;
  }

  #asked(head: string): { readonly id: number; readonly number: number; readonly answer: Answer } {
    const found = TAGGED.exec(head.slice(0, `${head}\r\n`.indexOf('\r\n')));
    const [id, number] = [Number(found?.[1] ?? -1), Number(found?.[2] ?? 0)];
    return { id, number, answer: this.#ports.answer(id, number) ?? PLAIN };
  }

  async #answer({ pieces, end }: Answer, id: number): Promise<void> {
    this.#answered = true;
    for (const piece of taggedPieces(pieces, id)) {
      this.#socket.write(piece);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    this.#upgraded = pieces.join('').startsWith('HTTP/1.1 101');
    if (end === 'close') this.#socket.end();
    if (end === 'reset') this.#socket.resetAndDestroy();
  }
}
