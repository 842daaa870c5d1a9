/** Requests that are refused, with bytes that follow them on the connection. */
import { get, post, SOCKET } from './stage.ts';

/** Follows a refused request on its connection, and must never reach the primary as a request of its own. */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n';
export const REFUSED: readonly (readonly [string, string])[] = [
  ['two Hosts and a body', post(SMUGGLED).replace('Host: x', 'Host: x\r\nHost: y')],
  ['a circle and a body', post(SMUGGLED).replace('Host: x', 'Host: x\r\nVia: 1.1 crossfade-mirror-g')],
  ['a coding that nobody undoes', post(SMUGGLED, 'Transfer-Encoding: gzip, chunked\r\n')],
  ['two lengths', post(SMUGGLED, `Content-Length: 4\r\nContent-Length: ${SMUGGLED.length}\r\n`)],
  ['a length and chunks', post(`0\r\n\r\n${SMUGGLED}`, 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n')],
  ['fields of 300 kB', `${get(`X: ${'a'.repeat(300_000)}\r\n`)}${SMUGGLED}`],
  ['a bad chunk', post(`zz\r\n${SMUGGLED}`, 'Transfer-Encoding: chunked\r\n')],
  ['an offer of WebSocket with a body', post(SMUGGLED, `${SOCKET}Content-Length: ${SMUGGLED.length}\r\n`)],
  ['CONNECT', `CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n${SMUGGLED}`],
];
