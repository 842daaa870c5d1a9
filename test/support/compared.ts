/** Builds answers for the comparer, and describes in one line what it finds in two of them. */
import { decodeContent } from '../../capture/bytes/index.ts';
import type { CaptureRecord, HeaderList, ResponseLeg } from '../../capture/format/index.ts';
import { compareRecord } from '../../parity/compare/index.ts';
import { type Difference, placeOf } from '../../parity/model/index.ts';
import { answer, pairOf } from './answer.ts';

export const typed = (type: string, body: string | Uint8Array, ...more: HeaderList) =>
  answer(body, [['Content-Type', type], ...more]);
export const coded = (coding: string, body: string | Uint8Array, type = 'application/json') =>
  typed(type, body, ['Content-Encoding', coding]);
export const json = (text: string) => answer(text);
export const html = (text: string) => typed('text/html', text);
export const xml = (text: string) => typed('application/xml', text);
export const csv = (text: string) => typed('text/csv', text);
export const events = (text: string) => typed('text/event-stream', text);
export const lines = (text: string, type = 'application/x-ndjson') => typed(type, text);
export const fields = (...headers: HeaderList) => answer('', headers);
export const joined = (...parts: readonly (Uint8Array | string)[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part)));

export const bytes = (...list: readonly number[]) => Buffer.from(list);
export const pack = (...list: readonly number[]) => typed('application/msgpack', bytes(...list));
export const yaml = (text: string) => typed('application/yaml', text);
export const with_ = (status: number, ...headers: HeaderList) => answer('', headers, { status });
export const cookie = (...values: readonly string[]) =>
  fields(...values.map((value): [string, string] => ['Set-Cookie', value]));
export const moved = (to: string, status = 302) => with_(status, ['Location', to]);

export const tell = (differences: readonly Difference[]) =>
  differences.map((d) => `${d.severity} ${d.cause} ${placeOf(d)}`).join('; ');

/** Returns the verdict, followed by the severity, cause and place of every difference. */
export function told(stable: ResponseLeg, candidate: ResponseLeg, record: Partial<CaptureRecord> = {}): string {
  const compared = compareRecord({ ...pairOf(stable, candidate), ...record }, { decode: decodeContent });
  return `${compared.verdict}: ${tell(compared.differences)}`;
}
