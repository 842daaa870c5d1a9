/**
 * Groups the differences that one change of the candidate would remove: those with the same cause about the same
 * subject, on any route.
 */
import { entryOf, rankOf } from '../causes/index.ts';
import { type Difference, foldedName, generalPlace, kindOfExcerpt } from '../model/index.ts';
import { isKnown } from './known-differences.ts';

/** The change, if the cause alone does not state it: `404 → 200`, `string → array`; empty otherwise. */
export function changeOf(difference: Difference): string {
  switch (difference.in) {
    case 'status':
      return `${difference.stable} → ${difference.candidate}`;
    case 'answer':
      return difference.candidate.split(':', 1)[0] ?? '';
    case 'header':
      return '';
    case 'body': {
      const [from, to] = [kindOfExcerpt(difference.stable), kindOfExcerpt(difference.candidate)];
      return difference.cause === 'type' || difference.cause === 'number-type' ? `${from} → ${to}` : '';
    }
  }
}

/**
 * The subject of the difference: a header field, a key, a change of status or type; empty if the cause concerns the
 * whole program.
 */
export function subjectOf(difference: Difference, route: string): string {
  if (difference.in === 'header') return generalPlace(difference).slice('header:'.length);
  const changed = changeOf(difference);
  if (changed !== '' || difference.in !== 'body' || entryOf(difference.cause).ofProgram === true) return changed;
  const place = generalPlace(difference);
  const key = entryOf(difference.cause).ofText === true ? elementOf(place) : lastKey(place);
  if (key === undefined) return `${route} ${place}`;
  // A key that is missing in one spelling and added in another is a single change.
  return difference.cause === 'key-renamed' ? foldedName(key) : key;
}

/** Whether the candidate fails where stable answers, which comes before any other difference of its severity. */
export function fails(difference: Difference): boolean {
  if (difference.in === 'answer') return true;
  return difference.in === 'status' && difference.candidate >= 500 && difference.stable < 500;
}

/** What is worst comes first, so that it is kept if there are too many. */
export function rootKey(difference: Difference, route: string): string {
  return `${rankOf(difference.severity)}${fails(difference) ? 'a' : 'b'} ${difference.cause} ${isKnown(difference) ? 'known' : 'new'} ${subjectOf(difference, route)}`;
}

/** The innermost key of a place in JSON; undefined in a text, and at the top level. */
function lastKey(place: string): string | undefined {
  if (/^body\/line\//.test(place)) return undefined;
  return place
    .split('/')
    .slice(1)
    .findLast((step) => step !== '*');
}

/**
 * The innermost element or attribute of a place in XML; undefined in HTML, whose elements do not describe their
 * content, and in a text.
 */
function elementOf(place: string): string | undefined {
  const [root = '', ...inner] = place.split('/').slice(1);
  if (/^(?:html|line|row|\*)$/i.test(root)) return undefined;
  return inner.map((step) => step.replace(/\[[^\]]*\]$/, '')).findLast((step) => step !== '*' && step !== 'text()');
}
