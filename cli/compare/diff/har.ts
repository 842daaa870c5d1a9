/** HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/): what a browser or a proxy recorded of one side. */
import { isUtf8 } from 'node:buffer';
import * as z from 'zod';
import type { CapturedBody, HeaderList, Leg } from '../../../capture/format/index.ts';
import { LEG_LOG_FORMAT, type LegLine } from './leg-log.ts';

const headersSchema = z.array(z.looseObject({ name: z.string(), value: z.string() }));

/** The fields that are read; recorders add their own. */
export const harEntrySchema = z.looseObject({
  startedDateTime: z.iso.datetime({ offset: true }),
  /** Milliseconds. */
  time: z.number(),
  request: z.looseObject({
    method: z.string().min(1),
    url: z.url({ protocol: /^https?$/ }),
    headers: headersSchema,
    postData: z.looseObject({ text: z.string().optional(), encoding: z.string().optional() }).optional(),
  }),
  response: z.looseObject({
    /** 0: there was no answer. */
    status: z.int().min(0).max(599),
    headers: headersSchema,
    content: z.looseObject({
      size: z.number().optional(),
      text: z.string().optional(),
      encoding: z.string().optional(),
    }),
  }),
  timings: z.looseObject({ receive: z.number().optional() }).optional(),
});

export type HarEntry = z.infer<typeof harEntrySchema>;

/** A recorder keeps the body decoded; fields that tell of its coding on the wire no longer fit it. */
const OF_THE_WIRE = new Set(['content-encoding', 'transfer-encoding']);

export function legLineOf(entry: HarEntry): LegLine {
  const { request } = entry;
  const url = new URL(request.url);
  const text = request.postData?.text;
  return {
    format: LEG_LOG_FORMAT,
    at: new Date(entry.startedDateTime).toISOString(),
    request: {
      method: request.method.toUpperCase(),
      target: `${url.pathname}${url.search}`,
      headers: fields(request.headers),
      ...(text === undefined ? {} : { body: bodyOf(text, request.postData?.encoding, undefined) }),
    },
    leg: legOf(entry),
  };
}

function legOf({ response, time, timings }: HarEntry): Leg {
  const totalMs = Math.max(0, time);
  const { status, headers, content } = response;
  if (status < 100) return { outcome: 'failed', reason: 'reset', detail: 'the recorder saw no answer', totalMs };
  return {
    outcome: 'response',
    status,
    headers: fields(headers).filter(([name]) => !OF_THE_WIRE.has(name.toLowerCase())),
    body: bodyOf(content.text, content.encoding, content.size),
    timing: { firstByteMs: Math.max(0, totalMs - Math.max(0, timings?.receive ?? 0)), totalMs },
  };
}

/** Without its text a body is known by its size alone. */
function bodyOf(text: string | undefined, encoding: string | undefined, size: number | undefined): CapturedBody {
  if (text === undefined) {
    const bytes = Math.max(0, Math.trunc(size ?? 0));
    return { encoding: 'utf8', data: '', bytes, truncated: bytes > 0 };
  }
  const data = Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8');
  const written = isUtf8(data) ? 'utf8' : 'base64';
  return { encoding: written, data: data.toString(written), bytes: data.length, truncated: false };
}

/** HTTP/2's pseudo-fields are no fields. */
function fields(headers: z.infer<typeof headersSchema>): HeaderList {
  return headers.filter(({ name }) => !name.startsWith(':')).map(({ name, value }): [string, string] => [name, value]);
}
