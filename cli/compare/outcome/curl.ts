/** The request of a capture as shell commands, one for each side; secrets are variables. */
import { randomBytes } from 'node:crypto';
import { Redaction } from '../../../capture/redaction/index.ts';
import type { RootSample } from '../../../parity/roots/index.ts';
import type { Side } from '../../../sides/index.ts';

/** The base URL of each side. */
export interface Bases {
  readonly stable: string;
  readonly candidate: string;
  /** File with the trusted authorities. */
  readonly ca?: string | undefined;
}

/** Arguments of a command, already quoted. */
export type CurlArguments = Readonly<Record<Side, readonly string[]>>;

/** Fields that curl, the connection or a proxy sets. */
const OF_THE_CONNECTION =
  /^(?:host|content-length|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|proxy-.*|x-forwarded-.*|x-amzn-trace-id|traceparent|tracestate|forwarded|via|:.*)$/i;
/** A value, or part of one, that redaction has replaced. */
const REDACTED = /hmac:[0-9a-f]{16,64}/;
/** Replaces it in a target or a body. */
const STAND_IN = 'REDACTED';

/** @param bases null for `$STABLE` and `$CANDIDATE`, which the reader sets */
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

/** The arguments as one line, or on several lines that end in a backslash if one line would exceed `width`. */
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
  // Curl omits a field with an empty value, except in this notation.
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
  // A compressed, truncated or binary body cannot be passed on a command line.
  if (kept.encoding !== 'utf8' || kept.truncated || kept.data === '' || kept.data.includes('\0'))
    return ['--data-binary @request-body'];
  return [`--data-raw ${word(withStandIns(kept.data))}`];
}

function withStandIns(text: string): string {
  return text.replace(new RegExp(REDACTED, 'g'), STAND_IN);
}

const NAMED = /\{\{\s*(?:(env|file):)?([^{}\s]+)\s*\}\}/g;

/**
 * One word, in which names that are filled in when a request is sent become shell variables: `$SLUG`. Braces outside of
 * a flow may be literal.
 */
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

/** One word of a POSIX shell, or of bash and zsh if it contains characters that control a terminal. */
function quoted(text: string): string {
  if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = text.replace(/['\\]|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) =>
    character === "'" || character === '\\'
      ? `\\${character}`
      : [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  return `$'${escaped}'`;
}
