/** Starts a service on a free port that remembers the requests it received. */
import type { IncomingMessage, RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { serve } from './http.ts';

export interface Asked {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface AskedService {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Method and target of each request, sorted. */
  lines(): string[];
  stop(): Promise<void>;
}

/** @param answer returns the JSON answer to a request line, or null to never answer */
export async function askedService(answer: (line: string) => string | null): Promise<AskedService> {
  const asked: Asked[] = [];
  const listener: RequestListener = async (request, response) => {
    const line = `${request.method} ${request.url}`;
    asked.push({ line, headers: request.headers, body: await text(request) });
    const body = answer(line);
    if (body === null) return;
    response.writeHead(200, { 'Content-Type': 'application/json', 'Set-Cookie': 'sid=secret; Path=/' }).end(body);
  };
  const { url, stop } = await serve(listener);
  return { url, asked, lines: () => asked.map(({ line }) => line).sort(), stop };
}
