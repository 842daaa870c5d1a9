/** Does the candidate's answer say the same as the stable side's? Pure, never throws, bounded. */
import type { Cause } from './catalogue.ts';
import { bodyDifference, compareJson } from './compare-json.ts';
import type { Decode } from './decode.ts';
import { type Difference, type HeaderDifference, why } from './difference.ts';
import { parseJson } from './json.ts';
import type { CapturedBody, CaptureRecord, HeaderList, Leg, ResponseLeg } from './record.ts';

export interface Comparison {
  readonly route: string;
  /** `unmatched`: the stable side itself gave no answer, so there is nothing to hold the candidate against. */
  readonly verdict: 'same' | 'benign' | 'undecided' | 'breaking' | 'unmatched';
  readonly differences: readonly Difference[];
  /** The candidate failed (5xx or no answer) where the stable side did not. */
  readonly newError: boolean;
}

/** Headers that differ between any two servers and mean nothing to a client (catalogue: 19–22, 33), or carry identity. */
const IGNORED_HEADERS = new Set([
  'date',
  'server',
  'x-powered-by',
  'keep-alive',
  'connection',
  'content-length',
  'transfer-encoding',
  'content-encoding',
  'vary',
  'x-request-id',
  'x-amzn-trace-id',
  'traceparent',
  'tracestate',
  'x-served-by',
]);

export interface CompareOptions {
  /** Undoes content codings; without it a body in a coding is compared only with the same bytes. */
  readonly decode?: Decode;
}

export function compareRecord(record: CaptureRecord, _options: CompareOptions = {}): Comparison {
  const { route, stable, candidate } = record;
  if (stable.outcome === 'failed') return { route, verdict: 'unmatched', differences: [], newError: false };
  if (candidate.outcome === 'failed') {
    const crash = candidate.reason === 'reset' && stable.status >= 500;
    const lost: Difference = {
      in: 'answer',
      stable: String(stable.status),
      candidate: `${candidate.reason}: ${candidate.detail}`,
      ...why(crash ? 'crash-closes-connection' : 'no-answer'),
    };
    return { route, verdict: 'breaking', differences: [lost], newError: stable.status < 500 };
  }
  const differences = [
    ...compareStatus(stable, candidate),
    ...compareHeaders(stable.headers, candidate.headers),
    ...compareBody(stable, candidate),
  ];
  return {
    route,
    verdict: verdictOf(differences),
    differences,
    newError: candidate.status >= 500 && stable.status < 500,
  };
}

function compareStatus(a: ResponseLeg, b: ResponseLeg): Difference[] {
  return a.status === b.status ? [] : [{ in: 'status', stable: a.status, candidate: b.status, ...why('status') }];
}

function compareHeaders(a: HeaderList, b: HeaderList): Difference[] {
  const [left, right] = [fold(a), fold(b)];
  const names = new Set([...left.keys(), ...right.keys()]);
  return [...names].flatMap((name) => {
    const [stable = null, candidate = null] = [left.get(name), right.get(name)];
    if (stable === candidate || IGNORED_HEADERS.has(name)) return [];
    if (name === 'content-type') return compareMediaType(stable, candidate);
    const cause = stable === null ? 'header-added' : candidate === null ? 'header-missing' : 'header-value';
    return [headerDifference(cause, name, stable, candidate)];
  });
}

function headerDifference(
  cause: Cause,
  name: string,
  stable: string | null,
  candidate: string | null,
): HeaderDifference {
  return { in: 'header', name, stable, candidate, ...why(cause) };
}

/** Another media type breaks clients; another parameter (a charset on JSON) does not. */
function compareMediaType(a: string | null, b: string | null): Difference[] {
  const type = (value: string | null) => ((value ?? '').split(';')[0] ?? '').trim().toLowerCase();
  const normal = (value: string | null) => (value ?? '').toLowerCase().replaceAll(/\s/g, '');
  if (type(a) !== type(b)) return [headerDifference('media-type', 'content-type', a, b)];
  return normal(a) === normal(b) ? [] : [headerDifference('charset', 'content-type', a, b)];
}

function compareBody(a: ResponseLeg, b: ResponseLeg): Difference[] {
  if (sameBytes(a.body, b.body)) return [];
  if (a.body.truncated || b.body.truncated) return [bodyDifference('body-uncomparable', '', null, null)];
  const [x, y] = [decodeJson(a), decodeJson(b)];
  if (x !== undefined && y !== undefined) return compareJson(x, y);
  return [bodyDifference('body-bytes', '', `${a.body.bytes} bytes`, `${b.body.bytes} bytes`)];
}

function decodeJson(leg: ResponseLeg) {
  return leg.body.encoding === 'utf8' ? parseJson(leg.body.data) : undefined;
}

function sameBytes(a: CapturedBody, b: CapturedBody): boolean {
  if (a.bytes !== b.bytes || a.encoding !== b.encoding || a.data !== b.data) return false;
  return a.digest === b.digest && (!a.truncated || a.digest !== undefined);
}

/** Field names are case-insensitive (RFC 9110); repeated fields are one list. */
function fold(headers: HeaderList): Map<string, string> {
  const folded = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = folded.get(key);
    folded.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return folded;
}

function verdictOf(differences: readonly Difference[]): Comparison['verdict'] {
  if (differences.some((d) => d.class === 'breaking')) return 'breaking';
  if (differences.some((d) => d.class === 'undecided')) return 'undecided';
  return differences.some((d) => d.class === 'benign') ? 'benign' : 'same';
}

/** Milliseconds until the whole answer was there; null for a leg that failed. */
export function totalMs(leg: Leg): number | null {
  return leg.outcome === 'response' ? leg.timing.totalMs : null;
}
