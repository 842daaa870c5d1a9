/** Recognises the source of a contract's requests (recordings, texts or documents) by the file's name and content. */
import { Readable } from 'node:stream';
import { textOf } from '../../../../json/index.ts';
import type { Unreadable } from '../../../../parity/tally/index.ts';
import { readBytes, UsageError } from '../../../shared/index.ts';
import { findInputs, type Input, STDIN } from '../../inputs/index.ts';
import { type DocumentOptions, documentRequests } from './documents.ts';
import { FLOW_FORMAT, type Flow, readFlow } from './flow.ts';
import { httpFileRequests } from './http-file.ts';
import type { Planned, Take } from './planned-request.ts';
import { type RecordedOptions, recordedRequests } from './recorded-requests.ts';
import { isHttpFile, textRequests } from './texts/index.ts';

export interface Source {
  readonly file: string;
  /** Steps in order, with each side's initial variables. */
  readonly flow?: Flow;
  /** What answers to its requests provide to later ones, which wait for it. */
  readonly takes?: readonly Take[];
  requests(options: RecordedOptions): AsyncIterable<Planned | Unreadable> | Iterable<Planned | Unreadable>;
}

/**
 * A document is read completely, so that its mistakes are reported before anything is sent.
 * @param logins flows that precede everything else
 * @throws UsageError
 */
export async function findSources(
  stdin: Readable,
  logins: readonly string[],
  files: readonly string[],
  reading: DocumentOptions,
): Promise<Source[]> {
  if (files.length === 0 && logins.length === 0)
    throw new UsageError(
      'name at least one file of requests: NDJSON, HAR, mitmproxy, goreplay, OpenAPI, Postman, a flow, .http, curl lines, an access log or a list of URLs',
    );
  const first = logins.map((file, source) => {
    const flow = readFlow('--login', file, source, readBytes('--login', file));
    if (flow === null) throw new UsageError(`--login: ${file} is not a flow (format: ${FLOW_FORMAT})`);
    return sourceOfFlow(file, flow);
  });
  const rest = await Promise.all(findInputs(stdin, reading.named, files).map(withBytes));
  return [...first, ...rest.map((input, i) => sourceOf(input, first.length + i, reading))];
}

interface ReadInput extends Input {
  /** Text from standard input, which can be read only once. */
  readonly text?: Buffer;
}

/** Captures and logs may be of any length, so they are read as a stream; text is read as a whole. */
async function withBytes(input: Input): Promise<ReadInput> {
  if (input.stream === undefined) return input;
  const read: Buffer[] = [];
  const chunks = input.stream[Symbol.asyncIterator]();
  const next = async () => {
    const { done, value } = await chunks.next();
    return done === true ? null : Buffer.from(value);
  };
  let beginning = '';
  for (let chunk = await next(); chunk !== null; chunk = await next()) {
    read.push(chunk);
    if (beginning.length > LONGEST_BEGINNING) continue;
    beginning += chunk.toString('latin1');
    if (!RECORDS.test(beginning)) continue;
    const rest = async function* () {
      yield* read;
      for (let later = await next(); later !== null; later = await next()) yield later;
    };
    return { ...input, stream: Readable.from(rest()) };
  }
  return { ...input, text: Buffer.concat(read) };
}

/** How many characters of the first line are examined. */
const LONGEST_BEGINNING = 65_536;

/** The first line of captures, or of one side's log (docs/reference/captures.md). */
const RECORDS =
  /^\s*\{(?:[^\n]{0,1000}?"format"\s*:\s*"crossfade-leg|(?=[^\n]*"ingress"\s*:)(?=[^\n]*"requestId"\s*:))/;

/**
 * The beginning of a document whose name does not identify it: JSON on several lines or with a typical key, or such a
 * key in YAML.
 */
const DOCUMENT =
  /^(?:\s|#[^\n]*\n|---\n)*(?:\{\s*(?:\n|"(?:openapi|swagger|info|item|collection)"|"format"\s*:\s*"crossfade-flow)|(?:openapi|swagger|format|info):)/;

/** What a shell passes for `<(command)`. */
const isPipe = ({ bytes, stream, recording }: Input) => bytes === null && stream === undefined && recording === null;

function sourceOfFlow(file: string, flow: Flow): Source {
  return { file, flow, requests: () => flow.steps };
}

function sourceOf(given: ReadInput, source: number, reading: DocumentOptions): Source {
  const { file, recording, compression } = given;
  const bytes = isPipe(given) ? readBytes(reading.named, file) : given.text;
  const input = bytes === undefined ? given : { ...given, stream: Readable.from([bytes]) };
  const isDocument =
    /\.(json|ya?ml)$/i.test(file) || (given.text !== undefined && DOCUMENT.test(given.text.toString('latin1')));
  // Input that arrives gradually is not read ahead.
  const content =
    recording !== null || (file === STDIN && bytes === undefined) ? null : (bytes ?? readBytes(reading.named, file));
  const ofClient =
    content === null || isDocument || compression !== 'none' ? null : clientsFile(file, content, reading);
  const planned = ofClient === null ? [] : httpFileRequests(file, ofClient, source, reading);
  if (planned.length > 0) return sourceOfPlanned(file, planned);
  const requests =
    content === null ? null : textRequests({ ...reading, file, source, compression, isDocument, bytes: content });
  if (requests !== null) return { file, requests: () => requests };
  if (content === null || !isDocument) return { file, requests: (options) => recordedRequests(input, source, options) };
  if (compression !== 'none')
    throw new UsageError(`${reading.named}: ${file} is compressed; decompress the document first`);
  const flow = readFlow(reading.named, file, source, content);
  if (flow !== null) return sourceOfFlow(file, flow);
  return sourceOfPlanned(file, documentRequests(file, source, reading, content));
}

function sourceOfPlanned(file: string, planned: readonly Planned[]): Source {
  const takes = planned.flatMap((one) => ('take' in one ? (one.take ?? []) : []));
  return { file, takes, requests: () => planned };
}

/**
 * The text of an HTTP client's file, recognised by name or content; null if it is something else.
 * @throws UsageError
 */
function clientsFile(file: string, content: Buffer, { named }: DocumentOptions): string | null {
  const text = textOf(content);
  if (!text.ok) return null;
  // Its requests would be read, and the answers that it expects would be mistaken for their bodies.
  if (/^HTTP(?:\/[\d.]+)?[ \t]+(?:\d{3}|\*)[ \t]*\r?$/m.test(text.value))
    throw new UsageError(`${named}: ${file} is a file of Hurl, which writes its requests as cURL: hurl --curl FILE`);
  return /\.(?:http|rest)$/i.test(file) || isHttpFile(text.value) ? text.value : null;
}

export async function* requestsOf(sources: readonly Source[], options: RecordedOptions) {
  for (const source of sources) yield* source.requests(options);
}
