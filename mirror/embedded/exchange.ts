/**
 * Streams one customer's request to the primary and the answer back, with Node's own client and a connection for each
 * exchange.
 */
import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { fieldPairs, NEVER_A_TRAILER } from '../../http/index.ts';
import { type RequestHead, responseFields } from '../message/index.ts';
import type { Recording } from './recording.ts';
import { badGateway, reasonOf } from './refusal.ts';

export const SWITCHED = 'the primary switched to a protocol that the client did not request';

export interface PrimaryOptions {
  readonly primary: URL;
  /** Called with the reason why the client got no answer from the primary. */
  readonly failed: (error: unknown) => void;
  /** Whether an answer that begins now must announce that its connection ends. */
  readonly closing: () => boolean;
}

/** Resolves when the client has its answer, or has left. */
export async function exchange(
  options: PrimaryOptions,
  req: IncomingMessage,
  res: ServerResponse,
  head: RequestHead,
  recording: Recording | null,
): Promise<void> {
  // Other expectations are unknown, and HTTP/1.0 has none (RFC 9110, 10.1.1).
  const expects = req.headers.expect?.toLowerCase() === '100-continue' && req.httpVersionMinor >= 1;
  try {
    const upstream = send(options, req, [...head.fields, ...(expects ? ['Expect', '100-continue'] : [])], head);
    upstream.once('socket', byteByByte);
    res.once('close', () => upstream.destroy());
    let continued = false;
    const answered = new Promise<void>((resolve, reject) => {
      upstream.on('error', reject);
      // Without a listener Node would end the connection and report nothing.
      upstream.once('upgrade', (_response, socket) => {
        socket.destroy();
        reject(new Error(SWITCHED));
      });
      // Attach the listener at once: an answer may end before its promise is awaited.
      upstream.once('response', (response) => {
        // A client that was not told to continue may or may not send its body, so what follows on this connection
        // cannot be parsed.
        const last = (expects && !continued && !req.complete) || options.closing();
        // Node would end a connection whose request expected a 100 and got none, even if its body has come.
        const stays = expects && !continued && res.shouldKeepAlive;
        const connection = last ? ['Connection', 'close'] : stays ? ['Connection', 'keep-alive'] : [];
        resolve(passAnswer(response, { req, res, upstream, recording, connection }));
      });
    });
    upstream.on('information', ({ statusCode, rawHeaders }) => {
      // An interim response that cannot be passed on is dropped, and so is a 100 that nobody asked for.
      if (statusCode !== 100 && req.httpVersionMinor >= 1)
        failingAlone(
          () => res.writeInformation(statusCode, responseFields(rawHeaders)),
          () => {},
        );
    });
    upstream.once('continue', () => {
      continued = true;
      if (expects) res.writeContinue();
    });
    if (expects) upstream.flushHeaders();
    // A client need not wait for a 100 (RFC 9110, 10.1.1).
    forwardBody(req, upstream, head, recording);
    await answered;
  } catch (error) {
    if (req.socket.destroyed) {
      recording?.aborted();
      return;
    }
    options.failed(error);
    recording?.failed(error);
    badGateway(res);
  }
}

/** @throws TypeError if Node refuses to send what the client sent */
export function send(
  { primary }: Pick<PrimaryOptions, 'primary'>,
  req: IncomingMessage,
  headers: string[],
  head: RequestHead,
): ClientRequest {
  const upstream = request({
    // Node expects an IPv6 address without brackets.
    host: primary.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: primary.port === '' ? 80 : primary.port,
    method: req.method ?? 'GET',
    path: req.url ?? '/',
    headers: [...headers, ...framing(req, head)],
    setHost: false,
    // Use a new connection each time: it cannot have been closed meanwhile, and a changed DNS name takes effect.
    agent: false,
    maxHeaderSize: 128 * 1024,
  });
  // Otherwise Node drops all fields of the answer after the two thousandth, its length among them.
  upstream.maxHeadersCount = 0;
  return upstream;
}

/** Node frames a body itself: in chunks if a field says so, and also where it expects a body and there is none. */
function framing({ method = 'GET' }: IncomingMessage, { chunked, hasLength }: RequestHead): readonly string[] {
  if (chunked) return ['Transfer-Encoding', 'chunked'];
  return hasLength || WITHOUT_BODY.test(method) ? [] : ['Content-Length', '0'];
}

const WITHOUT_BODY = /^(?:GET|HEAD|DELETE|OPTIONS|TRACE|CONNECT)$/;

function forwardBody(
  req: IncomingMessage,
  upstream: ClientRequest,
  head: RequestHead,
  recording: Recording | null,
): void {
  if (!head.hasBody) {
    upstream.end();
    return;
  }
  req.on('error', () => upstream.destroy());
  req.on('data', (chunk: Buffer) => recording?.requestChunk(chunk));
  req.once('end', () => {
    recording?.requestEnd();
    failingAlone(
      () => {
        if (req.rawTrailers.length > 0) upstream.addTrailers(passedTrailers(req.rawTrailers));
        upstream.end();
      },
      () => upstream.destroy(),
    );
  });
  req.pipe(upstream, { end: false });
}

interface Passing {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly upstream: ClientRequest;
  readonly recording: Recording | null;
  /** What the answer says about the client's connection, where Node would not say the right thing. */
  readonly connection: readonly string[];
}

async function passAnswer(response: IncomingMessage, passing: Passing): Promise<void> {
  const { req, res, recording, connection } = passing;
  if (response.statusCode === 101) throw new Error(SWITCHED);
  const trailers = req.httpVersionMinor >= 1 && req.method !== 'HEAD' && !isBodiless(response.statusCode);
  const fields = [...responseFields(response.rawHeaders, trailers), ...requiredUpgrade(response), ...connection];
  const phrase = reasonOf(response.statusMessage);
  if (phrase === '') res.writeHead(response.statusCode ?? 502, fields);
  else res.writeHead(response.statusCode ?? 502, phrase, fields);
  // The first server-sent event may take long, so the head must not wait for it.
  res.flushHeaders();
  recording?.head(response.statusCode ?? 502, response.rawHeaders);
  if (recording !== null) response.on('data', (chunk: Buffer) => recording.chunk(chunk));
  await passBody(response, passing);
  if (response.rawTrailers.length > 0) res.addTrailers(passedTrailers(response.rawTrailers));
  res.end();
  recording?.answered(response.rawTrailers);
}

/** A 426 must say to what the client is to upgrade (RFC 9110, 15.5.22); elsewhere the field concerns one hop. */
export function requiredUpgrade({ statusCode, headers: { upgrade } }: IncomingMessage): readonly string[] {
  return statusCode === 426 && upgrade !== undefined ? ['Upgrade', upgrade] : [];
}

/** Resolves when the whole answer has been passed on; rejects if either side breaks off. */
function passBody(response: IncomingMessage, { res, upstream }: Passing): Promise<void> {
  return new Promise((resolve, reject) => {
    response.once('end', () => {
      // Node reports a reset as a normal end if the body is delimited by the end of the connection.
      const { errored } = response.socket;
      if (isFramed(response) || errored === null) resolve();
      else reject(errored);
    });
    response.once('error', reject);
    // What a primary says after a whole answer, or how its connection then ends, is not part of the answer.
    const cut = (error: Error) => {
      if (!response.complete) reject(error);
    };
    const closed = () => cut(new Error('the primary broke its answer off'));
    response.once('close', closed);
    upstream.once('close', closed);
    upstream.once('error', cut);
    res.once('close', () => reject(new Error('the client left')));
    response.pipe(res, { end: false });
  });
}

function isFramed({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

const FORBIDDEN = new RegExp(`^${NEVER_A_TRAILER}$`, 'i');

function passedTrailers(raw: readonly string[]) {
  return fieldPairs(raw).filter(([name]) => !FORBIDDEN.test(name));
}

function isBodiless(status: number | undefined): boolean {
  return status === 204 || status === 304;
}

/**
 * Writes the head byte by byte. A head that is sent before its body would use the socket's encoding, which turns a byte
 * beyond ASCII into two.
 */
export function byteByByte(socket: Duplex): void {
  socket.setDefaultEncoding('latin1');
}

/** A peer may send something that Node refuses to send on. That ends the exchange, never the process. */
export function failingAlone<T>(act: () => T, failed: (error: unknown) => void): T | null {
  try {
    return act();
  } catch (error) {
    failed(error);
    return null;
  }
}
