/** Finds secrets in URLs: tokens in paths and user information. Also derives a route without secrets. */
import { pathOf, routeOf } from '../../../http/index.ts';
import { isCapability, knownShapes, redacted, type Span, shifted } from '../shapes/index.ts';
import { assignments } from './assignments.ts';
import { EncodedText } from './encoded-text.ts';
import { SecretNames } from './secret-names.ts';

const URLS = /https?:\/\/[^\s"'<>\\]{1,8000}/g;

/** Tokens in the paths of absolute URLs within a text. */
export function tokensInUrls(text: string, names: SecretNames): Span[] {
  if (!text.includes('://')) return [];
  return [...text.matchAll(URLS)].flatMap(({ index, 0: url }) => {
    const start = url.indexOf('/', url.indexOf('://') + 3);
    return start < 0 ? [] : tokensInPath(url, names, start).map(shifted(index));
  });
}

/**
 * Path segments that are secret because of the segment before them, or because they look like a capability URL. The
 * path begins at `start` of `text` and ends before a query or a fragment.
 */
export function tokensInPath(text: string, names: SecretNames, start = 0): Span[] {
  const spans: Span[] = [];
  const end = text.slice(start).search(/[?#]/);
  const path = end < 0 ? text.slice(start) : text.slice(start, start + end);
  let at = start;
  let before = '';
  for (const part of path.split('/')) {
    const name = part.split(';', 1)[0] ?? '';
    const said = EncodedText.percent(name, false).text;
    const secret = (before !== '' && names.afterPart(before, said)) || isCapability(said);
    if (secret && said !== '') spans.push({ start: at, end: at + name.length, place: `path/${before}`, value: said });
    at += part.length + 1;
    before = said;
  }
  return spans;
}

const PLAIN = new SecretNames([], [], []);
const HASH = /hmac:[\da-f]{16}/g;

/**
 * The route of a request, under which it is tallied. Secrets in the path are removed, so that all such requests share
 * one route.
 */
export function routeWithoutSecrets(target: string, templates: readonly string[], names: SecretNames = PLAIN): string {
  const route = routeOf(target, templates);
  if (templates.includes(route)) return route;
  const path = pathOf(target).split(';', 1)[0] ?? '';
  const spans = [...tokensInPath(path, names), ...knownShapes(path, new Set(['email'])), ...assignments(path, names)];
  return routeOf(redacted(path, spans, () => '{secret}').text.replace(HASH, '{secret}'), []);
}
