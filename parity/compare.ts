/** Does the candidate's answer say the same as the stable side's? Pure, never throws, bounded. */
import { compareJson, difference } from './compare-json.ts';
import type { Difference } from './difference.ts';
import { parseJson } from './json.ts';
import type { CapturedBody, CaptureRecord, HeaderList, Leg, ResponseLeg } from './record.ts';

export interface Comparison {
  readonly route: string;
  /** `unmatched`: the stable side itself gave no answer, so there is nothing to hold the candidate against. */
  readonly verdict: 'same' | 'benign' | 'breaking' | 'unmatched';
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

export function compareRecord(record: CaptureRecord): Comparison {
  const { route, stable, candidate } = record;
  if (stable.outcome === 'failed') return { route, verdict: 'unmatched', differences: [], newError: false };
  if (candidate.outcome === 'failed') {
    const crash = candidate.reason === 'reset' && stable.status >= 500;
    const cause = crash ? 'crash-closes-connection' : 'no-answer';
    const advice = crash
      ? 'Recover in a middleware and answer 500, as Express does.'
      : `The candidate gave no answer: ${candidate.reason} (${candidate.detail}).`;
    return {
      route,
      verdict: 'breaking',
      differences: [difference('status', cause, 'breaking', advice)],
      newError: stable.status < 500,
    };
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
  return a.status === b.status ? [] : [difference('status', 'status', 'breaking', `${a.status} against ${b.status}.`)];
}

function compareHeaders(a: HeaderList, b: HeaderList): Difference[] {
  const [left, right] = [fold(a), fold(b)];
  const names = new Set([...left.keys(), ...right.keys()]);
  return [...names].flatMap((name) => {
    const [x, y] = [left.get(name), right.get(name)];
    if (x === y || IGNORED_HEADERS.has(name)) return [];
    const place = `header:${name}`;
    if (name === 'content-type') return compareMediaType(x ?? '', y ?? '');
    if (x === undefined) return [difference(place, 'header-added', 'undecided', `Only the candidate sends it: ${y}.`)];
    if (y === undefined) return [difference(place, 'header-missing', 'undecided', `The stable side sends ${x}.`)];
    return [difference(place, 'header-value', 'undecided', `${x} against ${y}.`)];
  });
}

/** Another media type breaks clients; another parameter (a charset on JSON) does not. */
function compareMediaType(a: string, b: string): Difference[] {
  const type = (value: string) => (value.split(';')[0] ?? '').trim().toLowerCase();
  if (type(a) !== type(b))
    return [
      difference(
        'header:content-type',
        'media-type',
        'breaking',
        `${a || 'none'} against ${b || 'none'}; set Content-Type before the first Write.`,
      ),
    ];
  const normal = (value: string) => value.toLowerCase().replaceAll(/\s/g, '');
  return normal(a) === normal(b)
    ? []
    : [difference('header:content-type', 'media-type', 'benign', `Same type, other parameters: ${a} against ${b}.`)];
}

function compareBody(a: ResponseLeg, b: ResponseLeg): Difference[] {
  if (sameBytes(a.body, b.body)) return [];
  if (a.body.truncated || b.body.truncated) {
    return [
      difference(
        'body',
        'body-uncomparable',
        'undecided',
        'A body exceeded the capture cap, so only its beginning is known.',
      ),
    ];
  }
  const [x, y] = [decodeJson(a), decodeJson(b)];
  if (x !== undefined && y !== undefined) return compareJson(x, y);
  return [
    difference('body', 'body-bytes', 'breaking', `${a.body.bytes} bytes against ${b.body.bytes}, not both JSON.`),
  ];
}

function decodeJson(leg: ResponseLeg) {
  return leg.body.encoding === 'utf8' ? parseJson(leg.body.data) : undefined;
}

function sameBytes(a: CapturedBody, b: CapturedBody): boolean {
  return a.encoding === b.encoding && a.data === b.data && a.bytes === b.bytes;
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
  return differences.length > 0 ? 'benign' : 'same';
}

/** Milliseconds until the whole answer was there; null for a leg that failed. */
export function totalMs(leg: Leg): number | null {
  return leg.outcome === 'response' ? leg.timing.totalMs : null;
}
