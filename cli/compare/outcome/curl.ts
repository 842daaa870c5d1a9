/** The request of a capture as commands that a person can paste into a shell, one for each side; what is secret in it is a variable. */
import { randomBytes } from 'node:crypto';
import { Redaction } from '../../../capture/redaction/index.ts';
import type { RootSample } from '../../../parity/roots/index.ts';

/** Where each side is asked. */
export interface Bases {
  readonly stable: string;
  readonly candidate: string;
  /** File of the authorities that are trusted. */
  readonly ca?: string | undefined;
}

/** Arguments of a command; each is quoted already. */
export type CurlArguments = Readonly<Record<'stable' | 'candidate', readonly string[]>>;

/** Fields that curl, the connection or a proxy sets. */
const OF_THE_CONNECTION =
  /^(?:host|content-length|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|proxy-.*|x-forwarded-.*|x-amzn-trace-id|traceparent|tracestate|forwarded|via|:.*)$/i;
/** A value, or a part of one, that redaction has replaced. */
const REDACTED = /hmac:[0-9a-f]{16,64}/;
/** Stands for it in a target or a body. */
const STAND_IN = 'REDACTED';

/** @param bases null: `$STABLE` and `$CANDIDATE`, which the reader sets */
export function curlOf({ request, requestId }: RootSample, bases: Bases | null): CurlArguments {
  const redaction = new Redaction({
    key: randomBytes(16).toString('hex'),
    fields: [],
    parameters: [],
    pointers: [],
  }).of([requestId]);
  const { method } = request;
  const word = (text: string) => withVariables(text, /^(?:flow|postman)-/.test(requestId));
  const raw = (request.headers ?? []).filter(([name]) => !OF_THE_CONNECTION.test(name)).flat();
  const headers = redaction.headers(raw, 'request').filter(([name]) => !/^accept-encoding$/i.test(name));
  const compressed = raw.some((text, i) => i % 2 === 0 && /^accept-encoding$/i.test(text)) ? ['--compressed'] : [];
  const target = redaction.target(request.target);
  const fields = headers.map(([name, value]) => `-H ${headerOf(name, value, word)}`);
  const rest = [...methodOf(method), ...compressed, ...fields, ...bodyOf(request, redaction, raw, word)];
  const trusting = (base: string) =>
    bases?.ca !== undefined && /^'https:/i.test(base) ? [`--cacert ${quoted(bases.ca)}`] : [];
  const side = (base: string) => [
    'curl -sSig --path-as-is',
    ...trusting(base),
    `${base}${word(withStandIns(target))}`,
    ...rest,
  ];
  return {
    stable: side(bases === null ? '"$STABLE"' : quoted(bases.stable.replace(/\/$/, ''))),
    candidate: side(bases === null ? '"$CANDIDATE"' : quoted(bases.candidate.replace(/\/$/, ''))),
  };
}

/** The arguments as one line, or on several that end in a backslash where one would be longer than `width`. */
export function curlLines(args: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const arg of args) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + arg.length + 3 <= width) lines[lines.length - 1] = `${last} ${arg}`;
    else lines.push(last === undefined ? arg : `  ${arg}`);
  }
  return lines.map((line, i) => (i === lines.length - 1 ? line : `${line} \\`));
}

function methodOf(method: string): string[] {
  if (method === 'GET') return [];
  return method === 'HEAD' ? ['--head'] : [`-X ${quoted(method)}`];
}

function headerOf(name: string, value: string, word: (text: string) => string): string {
  if (REDACTED.test(value)) return `"${name}: $${name.toUpperCase().replace(/\W/g, '_')}"`;
  // Curl leaves out a field whose value is empty, except in this notation.
  return value === '' ? quoted(`${name};`) : word(`${name}: ${value}`);
}

function bodyOf(
  { body, method, headers = [] }: RootSample['request'],
  redaction: ReturnType<Redaction['of']>,
  raw: readonly string[],
  word: (text: string) => string,
): string[] {
  if (body === undefined) {
    const had = headers.some(([name, value]) => /^content-length$/i.test(name) && value !== '0');
    return had && method !== 'GET' && method !== 'HEAD' ? ['--data-binary @request-body'] : [];
  }
  if (body.bytes === 0) return [];
  const { bytes, truncated } = body;
  const kept = redaction.body(
    { data: new Uint8Array(Buffer.from(body.data, body.encoding)), bytes, truncated },
    raw,
    'request',
  );
  // What is compressed, cut or not text is nothing that a shell takes.
  if (kept.encoding !== 'utf8' || kept.truncated || kept.data === '' || kept.data.includes('\0'))
    return ['--data-binary @request-body'];
  return [`--data-raw ${word(withStandIns(kept.data))}`];
}

function withStandIns(text: string): string {
  return text.replace(new RegExp(REDACTED, 'g'), STAND_IN);
}

const NAMED = /\{\{\s*(?:(env|file):)?([^{}\s]+)\s*\}\}/g;

/** One word in which what is filled in when a request is sent is the shell's: `$SLUG`. Other braces than a flow's may be the text's own. */
function withVariables(text: string, isFlow: boolean): string {
  const parts: string[] = [];
  let from = 0;
  for (const { 0: whole, 1: kind, 2: name = '', index } of text.matchAll(NAMED)) {
    if (kind === undefined && !isFlow) continue;
    if (index > from) parts.push(quoted(text.slice(from, index)));
    parts.push(
      kind === 'file'
        ? `"$(cat ${quoted(name)})"`
        : `"$${kind === 'env' ? name : name.toUpperCase().replace(/\W/g, '_')}"`,
    );
    from = index + whole.length;
  }
  if (from < text.length || parts.length === 0) parts.push(quoted(text.slice(from)));
  return parts.join('');
}

/** One word of a POSIX shell; of bash and zsh where it holds characters that steer a terminal. */
function quoted(text: string): string {
  if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = text.replace(/['\\]|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) =>
    character === "'" || character === '\\'
      ? `\\${character}`
      : [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  return `$'${escaped}'`;
}
