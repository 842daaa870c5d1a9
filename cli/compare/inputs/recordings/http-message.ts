/** Parses one HTTP/1.1 message as it was on the wire. */
import type { HeaderList } from '../../../../capture/format/index.ts';

export interface HttpMessage {
  /** `GET /items HTTP/1.1` or `HTTP/1.1 200 OK`. */
  readonly start: string;
  readonly headers: HeaderList;
  /** Without chunked framing. */
  readonly body: Buffer;
  /** Whether the payload ends before the body does. */
  readonly cut: boolean;
}

const HEAD_END = '\r\n\r\n';

/** null if there is no head. @param bodiless whatever Content-Length says, as for HEAD */
export function httpMessage(payload: Buffer, bodiless: boolean): HttpMessage | null {
  const end = payload.indexOf(HEAD_END);
  if (end < 0) return null;
  const [start = '', ...lines] = payload.toString('latin1', 0, end).split('\r\n');
  const rest = payload.subarray(end + HEAD_END.length);
  // An interim answer precedes the final one (RFC 9110, 15.2).
  if (/^HTTP\/1\.[01] 1(?!01)\d\d\b/.test(start)) return httpMessage(rest, bodiless);
  const headers = lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    return colon <= 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1).trim()]];
  });
  const fieldOf = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  if (bodiless) return { start, headers, body: Buffer.alloc(0), cut: false };
  if (/\bchunked\s*$/i.test(fieldOf('transfer-encoding') ?? '')) return { start, headers, ...outOfChunks(rest) };
  const announced = Number(fieldOf('content-length') ?? rest.length);
  return { start, headers, body: rest.subarray(0, announced), cut: rest.length < announced };
}

function outOfChunks(data: Buffer): { readonly body: Buffer; readonly cut: boolean } {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const line = data.indexOf('\r\n', at);
    const size = line < 0 ? Number.NaN : Number.parseInt(data.toString('latin1', at, line), 16);
    if (Number.isNaN(size)) return { body: Buffer.concat(chunks), cut: true };
    if (size === 0) return { body: Buffer.concat(chunks), cut: false };
    const chunk = data.subarray(line + 2, line + 2 + size);
    chunks.push(chunk);
    if (chunk.length < size) return { body: Buffer.concat(chunks), cut: true };
    at = line + 2 + size + 2;
  }
}
