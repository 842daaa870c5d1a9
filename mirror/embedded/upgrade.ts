/** Passes upgrades (WebSocket) to the primary with Node's own client. Upgrades are never copied. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type RequestHead, responseFields } from '../message/index.ts';
import { failingAlone, type PrimaryOptions, requiredUpgrade, SWITCHED, send } from './exchange.ts';
import { linger, refuseSocket } from './refusal.ts';

/** If the primary agrees to switch protocols, both sockets are joined; otherwise its answer is passed on. */
export function upgrade(
  options: PrimaryOptions,
  req: IncomingMessage,
  socket: Duplex,
  first: Buffer,
  head: RequestHead,
): void {
  const protocol = req.headers.upgrade ?? '';
  let answered = false;
  let gone = false;
  const failed = (error: unknown) => {
    if (!gone) options.failed(error);
    if (answered || gone) socket.destroy();
    else refuseSocket(socket, 502);
  };
  const upstream = failingAlone(
    () => send(options, req, [...head.fields, 'Connection', 'Upgrade', 'Upgrade', protocol], head),
    failed,
  );
  if (upstream === null) return;
  socket.once('close', () => {
    gone = true;
    upstream.destroy();
  });
  upstream.on('error', failed);
  upstream.once('upgrade', (response, other, early) => {
    answered = true;
    const passed = failingAlone(() => responseFields(response.rawHeaders), failed);
    if (passed === null) return void other.destroy();
    const fields = [...passed, 'Connection', 'Upgrade'];
    socket.write(headText(response, [...fields, 'Upgrade', response.headers.upgrade ?? protocol]), 'latin1');
    other.on('error', () => socket.destroy());
    other.once('close', () => socket.destroy());
    socket.once('close', () => other.destroy());
    if (early.length > 0) socket.write(early);
    if (first.length > 0) other.write(first);
    socket.pipe(other).pipe(socket);
  });
  upstream.once('response', (response) => {
    if (response.statusCode === 101) return failed(new Error(SWITCHED));
    answered = true;
    // After a refusal the connection ends, because the following bytes belong to another protocol. Node has already
    // removed the chunked framing.
    const fields = failingAlone(
      () => [...responseFields(response.rawHeaders), ...requiredUpgrade(response), 'Connection', 'close'],
      failed,
    );
    if (fields === null) return;
    socket.write(headText(response, fields), 'latin1');
    // A partial answer must not look like a complete one.
    void pipeline(response, socket).then(
      () => linger(socket),
      () => socket.destroy(),
    );
  });
  upstream.end();
}

function headText({ statusCode = 502, statusMessage = '' }: IncomingMessage, fields: readonly string[]): string {
  let text = `HTTP/1.1 ${statusCode} ${statusMessage}\r\n`;
  for (let i = 0; i + 1 < fields.length; i += 2) text += `${fields[i]}: ${fields[i + 1]}\r\n`;
  return `${text}\r\n`;
}
