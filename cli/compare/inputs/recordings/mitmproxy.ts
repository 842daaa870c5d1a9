/** Flows in the format of mitmproxy and mitmdump (`-w FILE`). */
import * as z from 'zod';
import { problemsOf, wordIssue } from '../../../../input/index.ts';
import type { OneSidedExchange } from './exchange.ts';
import { taggedValues } from './tnetstring.ts';

const bytes = z.instanceof(Buffer);
/** Older versions write names as bytes. */
const text = z.union([z.string(), bytes.transform((data) => data.toString('latin1'))]);
const headers = z.array(z.tuple([text, text]));
/** Seconds since 1970. */
const moment = z.number();
const content = z.union([bytes, z.string().transform((data) => Buffer.from(data))]).nullable();

const flowSchema = z.looseObject({
  request: z.looseObject({
    method: text,
    path: text,
    host: text,
    port: z.number(),
    scheme: text.nullish(),
    authority: text.nullish(),
    headers,
    content,
    timestamp_start: moment,
  }),
  response: z
    .looseObject({
      status_code: z.int().min(100).max(999),
      headers,
      content,
      timestamp_start: moment,
      timestamp_end: moment.nullish(),
    })
    .nullish(),
  error: z.looseObject({ msg: text, timestamp: moment.nullish() }).nullish(),
});

const kindSchema = z.looseObject({ type: text, websocket: z.unknown().optional() });
/** Up to 0.18 this is mitmproxy's own version; since then a number, with which the schema of flows changes. */
const oldSchema = z.looseObject({ version: z.array(z.number()).min(2) });

/** Omits flows that are not HTTP, tunnels and web sockets. @throws Error that names the flow */
export async function* mitmproxyExchanges(source: AsyncIterable<Buffer>): AsyncGenerator<OneSidedExchange> {
  let count = 0;
  for await (const value of taggedValues(source)) {
    count++;
    const old = oldSchema.safeParse(value);
    if (old.success)
      throw new Error(
        `flow ${count} was written by mitmproxy ${old.data.version.join('.')}: convert the file by \`mitmdump -nr OLD -w NEW\``,
      );
    const kind = kindSchema.safeParse(value);
    if (!kind.success) throw new Error(`flow ${count} is not a mitmproxy flow`);
    if (kind.data.type !== 'http' || (kind.data.websocket ?? null) !== null) continue;
    const flow = flowSchema.safeParse(value, { error: wordIssue });
    if (!flow.success) {
      const { path, message } = problemsOf(flow.error)[0] ?? { path: '', message: 'not understood' };
      throw new Error(`flow ${count}: ${path}: ${message}`);
    }
    if (flow.data.request.method.toUpperCase() !== 'CONNECT') yield exchangeOf(flow.data);
  }
}

function exchangeOf({ request, response, error }: z.infer<typeof flowSchema>): OneSidedExchange {
  const start = request.timestamp_start;
  const since = (end: number | null | undefined) => Math.max(0, ((end ?? start) - start) * 1000);
  const hasHost = request.headers.some(([name]) => name.toLowerCase() === 'host');
  const usual = request.port === (request.scheme === 'https' ? 443 : 80);
  const host = request.authority || (usual ? request.host : `${request.host}:${request.port}`);
  return {
    at: start * 1000,
    request: {
      method: request.method,
      target: request.path,
      headers: hasHost ? request.headers : [['Host', host], ...request.headers],
      body: request.content,
    },
    response:
      response == null
        ? { failure: error?.msg ?? 'the recorder saw no answer' }
        : {
            status: response.status_code,
            headers: response.headers,
            body: response.content,
            cut: error != null,
            firstByteMs: since(response.timestamp_start),
          },
    totalMs: since(response == null ? error?.timestamp : (response.timestamp_end ?? response.timestamp_start)),
  };
}
