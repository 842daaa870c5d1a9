/** Finds secrets in a query or a form (application/x-www-form-urlencoded): by parameter name, and within values. */
import { addAll, isRandom, type Span, shifted } from '../shapes/index.ts';
import { EncodedText } from './encoded-text.ts';
import { folded, type SecretNames } from './secret-names.ts';

/** A GraphQL argument whose name is secret makes the variable that is passed to it secret. */
const GIVEN = /([\w-]{1,100})\s{0,8}:\s{0,8}\$(\w{1,100})/g;

/** Variables of a GraphQL document that are passed to secret arguments. */
export function secretVariables(document: string, names: SecretNames): Set<string> {
  return new Set(
    [...document.matchAll(GIVEN)].flatMap(([, name = '', variable = '']) =>
      names.of(name) === 'secret' ? [variable] : [],
    ),
  );
}

/** Whether text without a declared type looks like a form. */
export function looksLikeForm(text: string): boolean {
  return /^[^\s=&{}<>"']{1,200}=[^\s{}<>"]*$/.test(text);
}

/** @param inner searches the value of a parameter */
export function secretParameters(
  text: string,
  names: SecretNames,
  inner: (text: string, more?: ReadonlySet<string>) => Span[],
): Span[] {
  const spans: Span[] = [];
  let more: ReadonlySet<string> | undefined;
  const query = /(?:^|[?&])query=([^&]*)/.exec(text)?.[1];
  if (query?.includes('$') || query?.includes('%24'))
    more = secretVariables(EncodedText.percent(query, true).text, names);
  for (const { index, 0: pair } of text.matchAll(/[^?&;#]+/g)) {
    const equals = pair.indexOf('=');
    // A name may be encoded twice, and some servers decode it twice.
    const once = EncodedText.percent(equals < 0 ? '' : pair.slice(0, equals), true).text;
    const name = EncodedText.percent(once, false).text;
    const value = EncodedText.percent(pair.slice(equals + 1), true);
    const secrecy = names.ofParameter(name);
    const whole = secrecy === 'secret' || (secrecy === 'random' && isRandom(value.text));
    const found = whole ? [{ start: 0, end: value.text.length, place: folded(name) }] : inner(value.text, more);
    const offset = index + equals + 1;
    addAll(spans, value.written(found).map(shifted(offset)));
    // A secret may stand in place of a name, or without one.
    if (equals !== 0 && !whole) addAll(spans, inner(pair.slice(0, Math.max(equals, 0))).map(shifted(index)));
  }
  return spans;
}
