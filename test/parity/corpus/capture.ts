/**
 * Sends one request on a new connection and returns the answer as the mirror would capture it, with the fields as they
 * are on the wire.
 */
import { isUtf8 } from 'node:buffer';
import { request as httpRequest } from 'node:http';
import type { HeaderList, Leg } from '../../../capture/format/record.ts';

export interface CorpusRequest {
  /** @default GET */
  readonly method?: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Fixed, so that the recording does not change from run to run. */
const TIMING = { firstByteMs: 1, totalMs: 1 };

/** Sends the target as it is, neither cleaned nor escaped. */
export function capture(port: number, { method = 'GET', target, headers = {}, body }: CorpusRequest): Promise<Leg> {
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve({ outcome: 'failed', reason: 'reset', detail: error.message, totalMs: 1 });
    const host = { Host: 'corpus.test' };
    const request = httpRequest(
      { host: '127.0.0.1', port, method, path: target, agent: false, headers: { ...host, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', failed);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const encoding = isUtf8(bytes) ? 'utf8' : 'base64';
          resolve({
            outcome: 'response',
            status: response.statusCode ?? 0,
            headers: pairs(response.rawHeaders),
            body: { encoding, data: bytes.toString(encoding), bytes: bytes.length, truncated: false },
            timing: TIMING,
          });
        });
      },
    );
    request.on('error', failed);
    request.end(body);
  });
}

function pairs(raw: readonly string[]): HeaderList {
  return Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i] ?? '', raw[2 * i + 1] ?? '']);
}
