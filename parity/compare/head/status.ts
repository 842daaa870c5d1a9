/** Compares two status codes, and determines the cause if the request and the answers show it. */

import type { ResponseLeg } from '../../../capture/format/index.ts';
import { type FieldLines, firstValue, httpDate, membersOf } from '../../../http/index.ts';
import type { Cause } from '../../causes/index.ts';
import { causeInQuery, type RequestShape } from '../../explain/index.ts';
import { type Answers, type StatusDifference, why } from '../../model/index.ts';
import { rangeOf } from './range.ts';

export interface StatusFinding {
  readonly difference: StatusDifference;
  /**
   * Whether header fields and body follow from the status (an error has a different body than a page), so that they
   * need not be reported.
   */
  readonly settles: boolean;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
export function compareStatus(answers: Answers, shape: RequestShape): StatusFinding | null {
  const [stable, candidate] = [answers.stable.status, answers.candidate.status];
  if (stable === candidate) return null;
  const cause = causeOf(answers, shape);
  const otherClass = Math.floor(stable / 100) !== Math.floor(candidate / 100);
  const notRouted = isUnrouted(answers.stable) && isUnrouted(answers.candidate);
  const missed = isConditional(answers.request.headers) ? HAS_CHANGED : NOT_ASKED;
  const advice = candidate === 304 && cause === 'status' ? missed : undefined;
  return { difference: { in: 'status', stable, candidate, ...why(cause, advice) }, settles: otherClass || notRouted };
}

const NOT_ASKED =
  'Answer 304 only where the request has If-None-Match or If-Modified-Since: this client holds nothing to use.';

const HAS_CHANGED =
  'Answer 304 only where the resource is as the client holds it: by its own validator, the answer of stable is another than the request names, and clients of the candidate would keep the old one.';

function causeOf(answers: Answers, shape: RequestShape): Cause {
  const { request, stable: a, candidate: b } = answers;
  const method = request.method.toUpperCase();
  if (shape.unclean && (isPermanent(a) || isPermanent(b))) return 'path-cleaning-redirect';
  if (isIndexRedirect(b, shape.path)) return 'index-redirect';
  if (slashRedirect(a, shape.path) || slashRedirect(b, shape.path)) return 'trailing-slash';
  if (a.status === 304 && b.status === 200) return 'validator-kind';
  if (a.status === 200 && b.status === 304)
    return isConditional(request.headers) && !hasChanged(answers) ? 'validator-kind' : 'status';
  if (a.status === 200 && rangeOf(answers) !== null) return 'range-answered';
  if (method === 'OPTIONS' && isSuccess(a) && !isSuccess(b) && isPreflight(request.headers ?? [], a))
    return 'preflight-refused';
  if (method === 'OPTIONS' && isDefaulted(a, b)) return 'options-default';
  if (method === 'HEAD' && a.status < 400 && isUnrouted(b)) return 'head-not-routed';
  if (isMethodRefused(a, b) || isMethodRefused(b, a)) return 'method-not-allowed';
  if (shape.path.length > 1 && shape.path.endsWith('/') && oneIsLost(a, b)) return 'trailing-slash';
  if (shape.upperCase && isSuccess(a) && b.status === 404) return 'path-case';
  if (isSuccess(a) && b.status >= 500) {
    if (NO_NUMBER.test(b.body.data)) return 'not-a-number';
    if (MARSHAL_ERROR.test(b.body.data)) return 'marshal-error';
  }
  if (areFollowedAlike(method, a.status, b.status))
    return BY_BROWSERS.has(method) && isOfBrowser(request.headers) ? 'redirect-followed' : 'redirect-status';
  const asked = causeInQuery(shape) ?? causeInRequestBody(a, b, shape);
  return asked ?? (a.status >= 500 && b.status < 400 ? 'stable-failed' : 'status');
}

/** The codes that keep the method of a GET or HEAD: permanently or for this once (RFC 9110, 15.4). */
const BY_READING = [
  [301, 308],
  [302, 303, 307],
];
/** Codes after which a client sends the same request to the same place (RFC 9110, 15.4; Fetch standard, 4.4). */
const FOLLOWED_ALIKE: Readonly<Record<string, readonly (readonly number[])[]>> = {
  GET: BY_READING,
  HEAD: BY_READING,
  // Both make a GET of it, or neither does.
  POST: [
    [302, 303],
    [307, 308],
  ],
};
const KEEPING_METHOD = [[307, 308]];

/** The methods of which a browser stores no more after one of these codes than after another, whoever follows. */
const BY_BROWSERS = new Set(['GET', 'HEAD']);

/** No script may set this field, and every browser that sends it knows 308 (Fetch Metadata Request Headers). */
const isOfBrowser = (request: FieldLines | undefined) => firstValue(request ?? [], 'sec-fetch-mode') !== null;

function areFollowedAlike(method: string, a: number, b: number): boolean {
  const kinds = Object.hasOwn(FOLLOWED_ALIKE, method) ? FOLLOWED_ALIKE[method] : KEEPING_METHOD;
  return kinds?.some((kind) => kind.includes(a) && kind.includes(b)) === true;
}

/**
 * Whether the client holds the stored answer that a 304 refers to (RFC 9110, 15.4.5). If the request's fields are
 * unknown, it may.
 */
function isConditional(request: FieldLines | undefined): boolean {
  if (request === undefined) return true;
  return ['if-none-match', 'if-modified-since'].some((name) => firstValue(request, name) !== null);
}

/**
 * Whether the answer of stable is another than the one that the client holds, by a validator that the client has from
 * stable.
 */
function hasChanged({ request: { headers = [] }, primary, stable }: Answers): boolean {
  if (primary !== 'stable') return false;
  const held = firstValue(headers, 'if-none-match');
  const tag = firstValue(stable.headers, 'etag');
  if (held !== null) {
    const tags = membersOf([held]);
    // A tag of another shape is none of stable's: the client has it from the candidate.
    return tag !== null && tags.every((one) => isOfOneMaker(one, tag) && strong(one) !== strong(tag));
  }
  const [since, modified] = [firstValue(headers, 'if-modified-since'), firstValue(stable.headers, 'last-modified')].map(
    (date) => (date === null ? null : httpDate(date)),
  );
  return since != null && modified != null && modified > since;
}

const isOfOneMaker = (a: string, b: string) => a.startsWith('W/') === b.startsWith('W/') && a.length === b.length;

/** Weak and strong tags are compared alike (RFC 9110, 13.1.2). */
const strong = (tag: string) => tag.replace(/^W\//, '');

/** Whether OPTIONS is answered by the framework of one side, or of both, as with 200 and 204. */
function isDefaulted(a: ResponseLeg, b: ResponseLeg): boolean {
  return isSuccess(a) ? isSuccess(b) || isUnrouted(b) : isUnrouted(a) && isSuccess(b);
}

/**
 * Whether the request is a preflight, which a browser sends before a request that needs permission (Fetch standard,
 * "CORS-preflight request"), and stable gives permission.
 */
function isPreflight(request: FieldLines, { headers }: ResponseLeg): boolean {
  const asks = firstValue(request, 'access-control-request-method') !== null;
  return asks || firstValue(headers, 'access-control-allow-origin') !== null;
}

function causeInRequestBody(a: ResponseLeg, b: ResponseLeg, shape: RequestShape): Cause | null {
  if (!((isSuccess(a) && isRefused(b)) || (isSuccess(b) && isRefused(a)))) return null;
  if (shape.bodyIs === 'json-untyped') return 'request-media-type';
  if (isSuccess(b) && isCaseRefused(a, shape)) return 'request-key-case';
  return shape.bodyIs === 'json-typed' ? 'request-body-validity' : null;
}

/**
 * Whether the refusal says that a key is required or missing which the request sends in another case. The word alone is
 * not enough: it may be the key that the API requires.
 */
function isCaseRefused({ body }: ResponseLeg, { bodyKeys }: RequestShape): boolean {
  if (body.encoding !== 'utf8') return false;
  const text = body.data.slice(0, MAX_REFUSAL);
  const missed = [...text.matchAll(MISSED)].flatMap(([words]) => words.match(/[\w$-]+/g) ?? []);
  return bodyKeys.some((key) => missed.some((word) => word !== key && word.toLowerCase() === key.toLowerCase()));
}

/** A name, with at most a few words between it and the statement about it. */
const MISSED =
  /[\w$-]{1,64}["'`]?(?: [\w$-]{1,32}){0,4} (?:required|missing)\b|\b(?:required|missing):? ["'`][\w$-]{1,64}["'`]/gi;

/** Only the beginning of a refusal is searched for the reason. */
const MAX_REFUSAL = 4_096;

/** One side does not mention the method, while the other names the methods that it supports. */
const isMethodRefused = (unrouted: ResponseLeg, other: ResponseLeg) =>
  unrouted.status === 404 && other.status === 405 && firstValue(other.headers, 'allow') !== null;
const isSuccess = ({ status }: ResponseLeg) => status >= 200 && status < 300;
const isRefused = ({ status }: ResponseLeg) => status >= 400 && status < 500;
const isUnrouted = ({ status }: ResponseLeg) => status === 404 || status === 405;
const isPermanent = ({ status }: ResponseLeg) => status === 301 || status === 307 || status === 308;

function oneIsLost(a: ResponseLeg, b: ResponseLeg): boolean {
  return (isSuccess(a) && b.status === 404) || (isSuccess(b) && a.status === 404);
}

/**
 * Whether a redirect leads to the same path with or without its last `/`. The target may include a base path that the
 * request does not contain.
 */
function slashRedirect({ status, headers }: ResponseLeg, path: string): boolean {
  const location = REDIRECTS.has(status) ? firstValue(headers, 'location') : null;
  if (location === null) return false;
  const to = pathOfLocation(location);
  const behindBase = path.length > 1 && to.endsWith(path.endsWith('/') ? path.slice(0, -1) : `${path}/`);
  return path === `${to}/` || behindBase || relativeTo(path, to) === `${path}/`;
}

/** The redirect that http.FileServer sends. */
function isIndexRedirect({ status, headers }: ResponseLeg, path: string): boolean {
  return status === 301 && path.endsWith('/index.html') && firstValue(headers, 'location') === './';
}

/** The path of an absolute or relative reference, without query and fragment. */
function pathOfLocation(location: string): string {
  return location.replace(/^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
}

/** For a request of `/shop/items`, `items/` means `/shop/items/`. */
function relativeTo(path: string, reference: string): string {
  return reference.startsWith('/') ? reference : path.slice(0, path.lastIndexOf('/') + 1) + reference;
}

/**
 * Error of encoding/json (v1, v2) and jsontext for a value that cannot be marshalled. v2 deliberately varies its
 * wording, by a no-break space.
 */
const MARSHAL_ERROR = /\bjson:\s(?:unsupported|unable to marshal|cannot marshal|error calling)|\bjsontext:\s/;

/**
 * json.Marshal fails on NaN and Infinity and says so. A null of stable next to a failure without this text is no
 * evidence.
 */
const NO_NUMBER = /unsupported value:\s(?:NaN|[+-]Inf)/;
