/** Captures planted secrets, and returns everything that a reader of the capture can see. */
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { BodySample } from '../../capture/bytes/body-sample.ts';
import type { CapturedBody, CaptureRecord } from '../../capture/format/record.ts';
import type { RawLeg } from '../../capture/leg.ts';
import type { RawCapture } from '../../capture/raw-capture.ts';
import type { RedactionRules } from '../../capture/redaction/rules.ts';
import { RecordMaker } from '../../capture/stored-record.ts';
import type { Planted } from './planted-secrets.ts';

export const RULES: RedactionRules = { key: 'a-key-of-sixteen-bytes', fields: [], parameters: [], pointers: [] };
const CAP = 262_144;

export function bodyOf(data: string | Buffer) {
  const sample = new BodySample({ cap: CAP, key: RULES.key });
  sample.add(Buffer.from(data));
  return sample.capture();
}

export function pairOf({
  method = 'GET',
  target = '/a',
  headers = [],
  requestBody,
  answerHeaders = [],
  answer = '{}',
}: Planted): RawCapture {
  const typed = answerHeaders.some((name) => name.toLowerCase() === 'content-type');
  const leg: RawLeg = {
    outcome: 'response',
    status: 200,
    headers: typed ? answerHeaders : ['Content-Type', 'application/json', ...answerHeaders],
    body: bodyOf(answer),
    firstByteMs: 1,
    totalMs: 2,
  };
  return {
    at: 1_764_000_000_000,
    requestId: 'r',
    method,
    target,
    headers,
    ...(requestBody === undefined ? {} : { requestBody: bodyOf(requestBody) }),
    primary: 'stable',
    stable: leg,
    candidate: leg,
  };
}

export function stored(
  planted: Planted,
  rules: Partial<RedactionRules> = {},
  routes: readonly string[] = [],
): CaptureRecord {
  const maker = new RecordMaker({ ingress: 'g', routes, redaction: { ...RULES, ...rules } });
  const record: CaptureRecord = JSON.parse(maker.line(pairOf(planted)).toString());
  return record;
}

/** Returns the record's line, followed by its bodies in decoded form. */
export function readable(record: CaptureRecord): string {
  const bodies = [
    record.request.body,
    ...[record.stable, record.candidate].map((leg) => (leg.outcome === 'response' ? leg.body : undefined)),
  ];
  // Both sides usually have the same body.
  const distinct = new Map(bodies.flatMap((body) => (body === undefined ? [] : [[body.encoding + body.data, body]])));
  return [JSON.stringify(record), ...[...distinct.values()].flatMap(texts)].join('\n');
}

function texts({ data, encoding }: CapturedBody): string[] {
  const bytes = Buffer.from(data, encoding);
  const read = [gunzipSync, inflateSync, brotliDecompressSync].flatMap((decode) => {
    try {
      return [decode(bytes).toString()];
    } catch {
      return [];
    }
  });
  return [bytes.toString('latin1'), bytes.toString('utf16le'), data, ...read];
}
