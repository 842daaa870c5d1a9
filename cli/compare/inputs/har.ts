/** HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/): recordings of one side by a browser or a proxy. */
import * as z from 'zod';
import type { CapturedBody, HeaderList, Leg } from '../../../capture/format/index.ts';
import { type MediaType, mediaTypeOf } from '../../../http/index.ts';
import { LEG_LOG_FORMAT, type LegLine } from './leg-log.ts';
import { wholeBody } from './recorded-leg.ts';

const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

/** Some recorders write numbers as text. */
const numeric = optional(
  z.union([
    z.number(),
    z
      .string()
      .regex(/^-?\d+(?:\.\d+)?$/)
      .transform(Number),
  ]),
);

const valueSchema = z.union([z.string(), z.number(), z.boolean()]).nullish();
/** A list of names and values, or an object with them. */
const headersSchema = optional(
  z.union([
    z.array(z.looseObject({ name: z.string(), value: valueSchema })),
    z
      .record(z.string(), valueSchema)
      .transform((fields) => Object.entries(fields).map(([name, value]) => ({ name, value }))),
  ]),
).transform((fields) => fields ?? []);

/** ISO 8601 as recorders write it: an offset may have no colon, or be missing, which means UTC. */
const startedSchema = z.union([z.string(), z.number()]).transform((given, context) => {
  const text = typeof given === 'number' ? new Date(given).toISOString() : given;
  const withColon = text.trim().replace(/([+-]\d\d)(\d\d)$/, '$1:$2');
  const ms = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/i.test(withColon) ? withColon : `${withColon}Z`);
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  context.addIssue({ code: 'custom', message: 'must be a date and time (ISO 8601)' });
  return z.NEVER;
});

const isBase64 = (text: string) => /^[A-Za-z0-9+/_-]*={0,2}$/.test(text.replaceAll(/\s/g, ''));

const contentSchema = z
  .looseObject({
    /** -1: unknown. */
    size: numeric,
    text: optional(z.string()),
    encoding: optional(z.string()),
    /** Playwright stores the body in a file next to the HAR. */
    _file: optional(z.string()),
  })
  .refine(({ text, encoding }) => encoding !== 'base64' || text === undefined || isBase64(text), {
    error: 'text must be base64, as encoding says',
    path: ['text'],
  });

/** Web sockets, `data:` URLs and browsers' own pages, which are not HTTP requests. */
export function isOtherProtocol(entry: unknown): boolean {
  const { data } = z.object({ request: z.object({ url: z.string() }) }).safeParse(entry);
  return data !== undefined && /^(?!https?:)[a-z][a-z0-9+.-]*:/i.test(data.request.url);
}

/** The fields that are read. Recorders add others, and write null for unknown values. */
export const harEntrySchema = z.looseObject({
  startedDateTime: optional(startedSchema).transform((at) => at ?? '1970-01-01T00:00:00.000Z'),
  /** Milliseconds. */
  time: numeric,
  request: z.looseObject({
    method: z.string().min(1),
    url: z.url({ protocol: /^https?$/ }),
    headers: headersSchema,
    postData: optional(
      z.looseObject({
        text: optional(z.string()),
        encoding: optional(z.string()),
        mimeType: optional(z.string()),
        params: optional(z.array(z.looseObject({ name: z.string(), value: optional(z.string()) }))),
        /** Playwright stores the body in a file next to the HAR. */
        _file: optional(z.string()),
      }),
    ),
  }),
  response: optional(
    z.looseObject({
      /** Below 100: there was no answer. */
      status: numeric.pipe(z.int().max(999).optional()),
      headers: headersSchema,
      content: optional(contentSchema),
    }),
  ),
  timings: optional(z.looseObject({ receive: numeric })),
});

export type HarEntry = z.infer<typeof harEntrySchema>;

/** A recorder stores the body decoded, so the fields about its coding on the wire no longer apply. */
const OF_THE_WIRE = new Set(['content-encoding', 'transfer-encoding']);

export function legLineOf(entry: HarEntry): LegLine {
  const { request } = entry;
  const url = new URL(request.url);
  const body = sentBody(request.postData);
  // The URL says where the request went; a Host field may be a proxy's.
  const headers = fields(request.headers).filter(([name]) => name.toLowerCase() !== 'host');
  const { mimeType = '' } = request.postData ?? {};
  const isNamed = mimeType === '' || headers.some(([name]) => name.toLowerCase() === 'content-type');
  const type: HeaderList = body === null || isNamed ? [] : [['Content-Type', mimeType]];
  return {
    format: LEG_LOG_FORMAT,
    at: entry.startedDateTime,
    request: {
      method: request.method.toUpperCase(),
      target: `${url.pathname}${url.search}`,
      headers: [['Host', url.host], ...headers, ...type],
      ...(body === null ? {} : { body }),
    },
    leg: legOf(entry),
  };
}

function legOf({ request, response, time = 0, timings }: HarEntry): Leg {
  const totalMs = Math.max(0, time);
  const { status = 0, content } = response ?? {};
  if (status < 100) return { outcome: 'failed', reason: 'reset', detail: 'the recorder saw no answer', totalMs };
  const headers = fields(response?.headers ?? []).filter(([name]) => !OF_THE_WIRE.has(name.toLowerCase()));
  const bodiless = request.method.toUpperCase() === 'HEAD' || status === 204 || (status >= 300 && status < 400);
  return {
    outcome: 'response',
    status,
    headers,
    body: bodyOf(content, mediaTypeOf({ headers }), bodiless),
    timing: { firstByteMs: Math.max(0, totalMs - Math.max(0, timings?.receive ?? 0)), totalMs },
  };
}

/** A byte order mark that the text has lost, or a converted line end. */
const SLACK = 3;

function bodyOf(
  content: NonNullable<HarEntry['response']>['content'],
  type: MediaType,
  bodiless: boolean,
): CapturedBody {
  const { text, encoding, size, _file } = content ?? {};
  const known = size !== undefined && size >= 0 ? Math.trunc(size) : null;
  if (text === undefined || (text === '' && (known ?? 0) > 0)) {
    // If the text is missing, only the size of the body is known; if that is unknown, too, the body may be anything.
    const unknown = !bodiless && (_file !== undefined || (size !== undefined && known !== 0));
    return { encoding: 'utf8', data: '', bytes: known ?? 0, truncated: unknown || (known ?? 0) > 0 };
  }
  const charset = type.parameters.get('charset');
  const bytes = encoding === 'base64' ? bytesOf(text, encoding) : encodedIn(charset, text);
  // The size of a text may be counted in characters, but never exceeds its bytes.
  const cut = known !== null && known > bytes.length + SLACK && (charset === undefined || /^utf-?8$/i.test(charset));
  return cut ? { ...wholeBody(bytes), bytes: known, truncated: true } : wholeBody(bytes);
}

/** null if there was none. Of a form with files, or of a body in a file, only its existence is known. */
function sentBody(postData: HarEntry['request']['postData']): CapturedBody | null {
  const { text, encoding, params = [], mimeType = '', _file } = postData ?? {};
  if (text !== undefined && !(text === '' && params.length > 0)) return wholeBody(bytesOf(text, encoding));
  if (params.length === 0 && _file === undefined) return null;
  if (!/^application\/x-www-form-urlencoded\b/i.test(mimeType))
    return { ...wholeBody(Buffer.alloc(0)), truncated: true };
  const pairs = params.map(({ name, value = '' }): [string, string] => [name, value]);
  return wholeBody(Buffer.from(new URLSearchParams(pairs).toString()));
}

function bytesOf(text: string, encoding: string | undefined): Buffer {
  return Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8');
}

/**
 * A HAR contains decoded text. It is encoded again in the charset of its field, if that uses one byte per character.
 */
function encodedIn(charset: string | undefined, text: string): Buffer {
  const codes = charset === undefined ? null : singleBytes(charset);
  if (codes === null) return Buffer.from(text);
  const bytes = Array.from(text, (character) => codes.get(character));
  return bytes.includes(undefined) ? Buffer.from(text) : Buffer.from(bytes.map((byte) => byte ?? 0));
}

/** Byte by character; null for multi-byte charsets and unknown names. */
function singleBytes(charset: string): ReadonlyMap<string, number> | null {
  try {
    const decoder = new TextDecoder(charset);
    const codes = new Map<string, number>();
    for (let byte = 0; byte < 256; byte++) codes.set(decoder.decode(Uint8Array.of(byte)), byte);
    return codes.size > 200 ? codes : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Removes the pseudo-header fields of HTTP/2. Some recorders join cookies with a newline. */
function fields(headers: HarEntry['request']['headers']): HeaderList {
  return headers
    .filter(({ name }) => !name.startsWith(':'))
    .flatMap(({ name, value }) =>
      (name.toLowerCase() === 'set-cookie' ? String(value ?? '').split(/\r?\n/) : [String(value ?? '')]).map(
        (line): [string, string] => [name, line],
      ),
    );
}
