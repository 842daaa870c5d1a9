/**
 * A floor: undici's dispatch between Node's server and the upstream; it has none of a proxy's duties except streaming.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import { listening, upstream } from './listening.ts';

const pool = new Pool(upstream.origin);

class Handler implements Dispatcher.DispatchHandler {
  readonly #res: ServerResponse;
  constructor(res: ServerResponse) {
    this.#res = res;
  }

  onRequestStart(): void {}

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    const raw: unknown = controller.rawHeaders;
    const fields: string[] = [];
    // Hop-by-hop fields are left to Node; without that, a client could not read the answer.
    if (Array.isArray(raw))
      for (let i = 0; i + 1 < raw.length; i += 2) {
        const name = String(raw[i]);
        if (name !== 'Connection' && name !== 'Keep-Alive' && name !== 'Transfer-Encoding')
          fields.push(name, String(raw[i + 1]));
      }
    this.#res.writeHead(status, fields);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#res.write(chunk)) return;
    controller.pause();
    this.#res.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    this.#res.end();
  }

  onResponseError(): void {
    if (this.#res.headersSent) this.#res.destroy();
    else this.#res.writeHead(502).end();
  }
}

function fieldsOf(req: IncomingMessage): string[] {
  const fields: string[] = [];
  for (let i = 0; i + 1 < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i] ?? '';
    if (name !== 'Connection' && name !== 'Keep-Alive' && name !== 'Transfer-Encoding')
      fields.push(name, req.rawHeaders[i + 1] ?? '');
  }
  return fields;
}

listening(
  createServer((req, res) => {
    const body = req.method === 'GET' || req.method === 'HEAD' ? null : req;
    const method = req.method as Dispatcher.HttpMethod;
    pool.dispatch({ method, path: req.url ?? '/', headers: fieldsOf(req), body }, new Handler(res));
  }),
);
