/** Two status codes: what made them differ, where the request and the answers tell. */

import type { ResponseLeg } from '../../../capture/format/index.ts';
import { type FieldLines, firstValue } from '../../../http/index.ts';
import type { Cause } from '../../causes/index.ts';
import { causeInQuery, type RequestShape } from '../../explain/index.ts';
import { type Answers, type StatusDifference, why } from '../../model/index.ts';

export interface StatusFinding {
  readonly difference: StatusDifference;
  /** Header fields and body follow from it (an error has another body than a page), so that they need no telling. */
  readonly settles: boolean;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
export function compareStatus(answers: Answers, shape: RequestShape): StatusFinding | null {
  const [stable, candidate] = [answers.stable.status, answers.candidate.status];
  if (stable === candidate) return null;
  const cause = causeOf(answers, shape);
  const otherClass = Math.floor(stable / 100) !== Math.floor(candidate / 100);
  const notRouted = isUnrouted(answers.stable) && isUnrouted(answers.candidate);
  const advice = candidate === 304 && cause === 'status' ? NOT_ASKED : undefined;
  return { difference: { in: 'status', stable, candidate, ...why(cause, advice) }, settles: otherClass || notRouted };
}

const NOT_ASKED =
  'Answer 304 only where the request has If-None-Match or If-Modified-Since: this client holds nothing to use.';

function causeOf({ request, stable: a, candidate: b }: Answers, shape: RequestShape): Cause {
  const method = request.method.toUpperCase();
  if (shape.unclean && (isPermanent(a) || isPermanent(b))) return 'path-cleaning-redirect';
  if (isIndexRedirect(b, shape.path)) return 'index-redirect';
  if (slashRedirect(a, shape.path) || slashRedirect(b, shape.path)) return 'trailing-slash';
  if (a.status === 304 && b.status === 200) return 'validator-kind';
  if (a.status === 200 && b.status === 304) return isConditional(request.headers) ? 'validator-kind' : 'status';
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
  return causeInQuery(shape) ?? causeInRequestBody(a, b, shape) ?? 'status';
}

/** Whether the client holds what a 304 tells it to use (RFC 9110, 15.4.5); a request of which no fields are known may. */
function isConditional(request: FieldLines | undefined): boolean {
  if (request === undefined) return true;
  return ['if-none-match', 'if-modified-since'].some((name) => firstValue(request, name) !== null);
}

/** One side answers OPTIONS of itself, or both do, as with 200 and 204. */
function isDefaulted(a: ResponseLeg, b: ResponseLeg): boolean {
  return isSuccess(a) ? isSuccess(b) || isUnrouted(b) : isUnrouted(a) && isSuccess(b);
}

/** A browser asks so before it sends what needs leave (Fetch standard, "CORS-preflight request"), and stable gives leave. */
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

/** The refusal says that a key is required or missing which the request sends in another case: a capital alone may be what the API asks for. */
function isCaseRefused({ body }: ResponseLeg, { bodyKeys }: RequestShape): boolean {
  if (body.encoding !== 'utf8') return false;
  const text = body.data.slice(0, MAX_REFUSAL);
  const missed = [...text.matchAll(MISSED)].flatMap(([words]) => words.match(/[\w$-]+/g) ?? []);
  return bodyKeys.some((key) => missed.some((word) => word !== key && word.toLowerCase() === key.toLowerCase()));
}

/** A name with few words between it and what is said of it, before or behind. */
const MISSED =
  /[\w$-]{1,64}["'`]?(?: [\w$-]{1,32}){0,4} (?:required|missing)\b|\b(?:required|missing):? ["'`][\w$-]{1,64}["'`]/gi;

/** A refusal says why at its beginning. */
const MAX_REFUSAL = 4_096;

/** The one says nothing of the method, the other names those that are served. */
const isMethodRefused = (unrouted: ResponseLeg, other: ResponseLeg) =>
  unrouted.status === 404 && other.status === 405 && firstValue(other.headers, 'allow') !== null;
const isSuccess = ({ status }: ResponseLeg) => status >= 200 && status < 300;
const isRefused = ({ status }: ResponseLeg) => status >= 400 && status < 500;
const isUnrouted = ({ status }: ResponseLeg) => status === 404 || status === 405;
const isPermanent = ({ status }: ResponseLeg) => status === 301 || status === 307 || status === 308;

function oneIsLost(a: ResponseLeg, b: ResponseLeg): boolean {
  return (isSuccess(a) && b.status === 404) || (isSuccess(b) && a.status === 404);
}

/** Redirects to the same path with or without its last `/`; the place may stand behind a base path, which the request does not name. */
function slashRedirect({ status, headers }: ResponseLeg, path: string): boolean {
  const location = REDIRECTS.has(status) ? firstValue(headers, 'location') : null;
  if (location === null) return false;
  const to = pathOfLocation(location);
  const behindBase = path.length > 1 && to.endsWith(path.endsWith('/') ? path.slice(0, -1) : `${path}/`);
  return path === `${to}/` || behindBase || relativeTo(path, to) === `${path}/`;
}

/** What http.FileServer says. */
function isIndexRedirect({ status, headers }: ResponseLeg, path: string): boolean {
  return status === 301 && path.endsWith('/index.html') && firstValue(headers, 'location') === './';
}

/** The path of an absolute or relative reference, without query and fragment. */
function pathOfLocation(location: string): string {
  return location.replace(/^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
}

/** `items/` for a request of `/shop/items` means `/shop/items/`. */
function relativeTo(path: string, reference: string): string {
  return reference.startsWith('/') ? reference : path.slice(0, path.lastIndexOf('/') + 1) + reference;
}

/** What encoding/json (v1, v2) and jsontext say of a value that they cannot marshal; v2 words it by chance, with a no-break space or not. */
const MARSHAL_ERROR = /\bjson:\s(?:unsupported|unable to marshal|cannot marshal|error calling)|\bjsontext:\s/;

/** json.Marshal fails on NaN and Infinity and says so; a null of stable beside a failure that says nothing is no evidence. */
const NO_NUMBER = /unsupported value:\s(?:NaN|[+-]Inf)/;
