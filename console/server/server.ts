/** The console's server: listens on 127.0.0.1 only, serves its own page, and answers whoever holds the session. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { asError, plain } from '../../input/index.ts';
import { pageBundle, SERVED_DOCUMENT, SERVED_POLICY, viewJson } from '../document/index.ts';
import { ACTIONS, type ActionAnswer, type ActionRequest, type PageView } from '../view/index.ts';
import { SessionAccess } from './access.ts';
import { requestRefusal } from './request-check.ts';

/** Provides what is shown and performs actions. The message of a failure is displayed to the operator. */
export interface ConsoleSource {
  /** @param cutover an earlier one; null for the present one */
  view(cutover: string | null): Promise<PageView>;
  act(request: ActionRequest): Promise<ActionAnswer>;
  /** Metrics of the present run in the text format of Prometheus. */
  metrics(): Promise<string>;
}

export interface RunningConsole {
  /** The link that opens the console, once. */
  readonly url: string;
  /** The bearer token for scraping `/metrics`. */
  readonly scrapeToken: string;
  stop(): Promise<void>;
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
const PROMETHEUS = 'text/plain; version=0.0.4';

/** The largest request body, in bytes. */
const MOST_BODY = 16_384;

interface Answer {
  readonly status: number;
  readonly type: 'text/html' | 'text/css' | 'text/javascript' | 'application/json' | typeof PROMETHEUS;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Route = (request: IncomingMessage, query: URLSearchParams) => Promise<Answer> | Answer;
type Routes = ReadonlyMap<string, Readonly<Partial<Record<string, Route>>>>;

/** @param port 0 chooses a free one @throws the error of `listen`, such as EADDRINUSE */
export async function startConsole(source: ConsoleSource, port: number): Promise<RunningConsole> {
  const access = new SessionAccess();
  const routes = routesOf(source, access);
  const server = createServer({ requestTimeout: 30_000 }, (request, response) => {
    const { address, port: own } = addressOf(server.address());
    if (address !== '127.0.0.1') return void response.destroy();
    const refusal = requestRefusal(request, own);
    const answer =
      refusal === null ? answerTo(request, routes) : Promise.resolve(failure(refusal.status, refusal.error));
    void answer.then((given) => send(request, response, given));
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', listening);
  });
  const { port: own } = addressOf(server.address());
  return {
    url: `http://127.0.0.1:${own}/#token=${access.token}`,
    scrapeToken: access.scrapeToken,
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}

const tokenSchema = z.strictObject({ token: z.string().max(200) });
const actionSchema = z.strictObject({
  action: z.enum(ACTIONS),
  cutover: z.string().max(200),
  reason: z.string().max(1_000),
  seen: z.strictObject({ phase: z.string().max(40), stage: z.int() }),
});

/** Files are served from memory under exact names, so no request path can lead to a file. */
function routesOf(source: ConsoleSource, access: SessionAccess): Routes {
  const { script, style } = pageBundle();
  const text =
    (type: Answer['type'], body: string): Route =>
    () => ({ status: 200, type, body });
  const admitted =
    (route: Route): Route =>
    (request, query) =>
      access.admits(request.headers.authorization)
        ? route(request, query)
        : failure(401, 'This session is not valid: run `crossfade console` again, and open the link that it prints.');
  return new Map<string, Readonly<Partial<Record<string, Route>>>>([
    ['/', { GET: text('text/html', SERVED_DOCUMENT) }],
    ['/page.js', { GET: text('text/javascript', script) }],
    ['/page.css', { GET: text('text/css', style) }],
    [
      '/session',
      {
        POST: async (request) => {
          const asked = tokenSchema.safeParse(await jsonOf(request));
          const session = asked.success ? access.exchange(asked.data.token) : null;
          return session === null
            ? failure(403, 'This link was already used, or belongs to another console: run `crossfade console` again.')
            : json(200, JSON.stringify({ session }));
        },
      },
    ],
    [
      '/action',
      {
        POST: admitted(async (request) => {
          const asked = actionSchema.safeParse(await jsonOf(request));
          if (!asked.success) return failure(400, 'There is no such action. Nothing was changed.');
          const { done, text } = await source.act(asked.data);
          return json(200, JSON.stringify({ done, text: shown(text) }));
        }),
      },
    ],
    [
      '/metrics',
      {
        GET: async (request) =>
          access.admitsScrape(request.headers.authorization)
            ? { status: 200, type: PROMETHEUS, body: await source.metrics() }
            : failure(401, 'A scrape must bear the token that `crossfade console` prints for it.'),
      },
    ],
    [
      '/view',
      { GET: admitted(async (_request, query) => json(200, viewJson(await source.view(query.get('cutover'))))) },
    ],
  ]);
}

async function answerTo(request: IncomingMessage, routes: Routes): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const methods = routes.get(pathname);
  if (methods === undefined) return failure(404, 'There is no such page.');
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
  const route = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (route === undefined)
    return {
      ...failure(405, 'This page does not accept this method.'),
      headers: { allow: Object.keys(methods).join(', ') },
    };
  try {
    return await route(request, searchParams);
  } catch (error) {
    if (error instanceof BodyError) return failure(error.status, error.message);
    return failure(502, asError(error).message);
  }
}

class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly status: 400 | 413;

  constructor(status: 400 | 413, message: string) {
    super(message);
    this.status = status;
  }
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > MOST_BODY) throw new BodyError(413, `A request holds at most ${MOST_BODY} bytes.`);
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw new BodyError(400, 'The request is not JSON.');
  }
}

function json(status: number, body: string): Answer {
  return { status, type: 'application/json', body };
}

function failure(status: number, error: string): Answer {
  return json(status, JSON.stringify({ error: shown(error) }));
}

/** One line of text without control characters. */
function shown(text: string): string {
  return plain(text.replace(/\s+/g, ' ').trim());
}

function send(request: IncomingMessage, response: ServerResponse, { status, type, body, headers }: Answer): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'content-security-policy': SERVED_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
    // The rest of an unread body must not be read as the next request.
    ...(status >= 400 ? { connection: 'close' } : {}),
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function addressOf(address: string | { address: string; port: number } | null): { address: string; port: number } {
  return typeof address === 'object' && address !== null ? address : { address: '', port: 0 };
}
