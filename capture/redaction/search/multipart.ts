/**
 * Finds secrets in multipart bodies (RFC 7578; RFC 2046, 5.1): whole parts by their names, and within the other parts.
 */
import { parseMediaType } from '../../../http/index.ts';
import { addAll, type Span, shifted, spansBelow } from '../shapes/index.ts';
import { EncodedText } from './encoded-text.ts';
import { folded, type SecretNames } from './secret-names.ts';
import type { TextSearch } from './text.ts';

/** How many parts are examined. A real form has fewer. */
const MOST_PARTS = 10_000;
const LONGEST_HEAD = 8_192;
/**
 * Heads whose name is not what it looks like: letters hidden by quoted-printable (RFC 2045, 6.7) or an encoded word
 * (RFC 2047), a name in pieces (RFC 2231), two names, and messages with parts of their own. Browsers send none of them.
 */
const ODD_HEAD =
  /^content-transfer-encoding[ \t]*:\s*quoted-printable|\bname="?=\?|\bname\*\d|^content-type[ \t]*:\s*message\/rfc822/im;
const NAME = /[;\s]name\s*=/gi;

/** The boundary with which a text begins, if its type declares none. */
export function boundaryOf(text: string, declared: string | undefined): string | null {
  if (declared !== undefined && declared !== '') return declared;
  return /^\s{0,4}--([^\r\n]{1,70})\r?\ncontent-[\w-]{1,40}:/i.exec(text.slice(0, 200))?.[1] ?? null;
}

/**
 * @param inner searches the content of a part of the given type
 * @returns null if the body cannot be split into parts
 */
export function secretsInMultipart(
  text: string,
  boundary: string,
  search: TextSearch,
  inner: (text: string, type: string) => Span[] | null,
): Span[] | null {
  const spans: Span[] = [];
  const mark = `--${boundary}`;
  let at = text.indexOf(mark);
  const outside = (start: number, end: number) =>
    addAll(spans, search.spans(text.slice(start, end)).map(shifted(start)));
  // The body uses another boundary than declared, and a recipient may find the right one.
  if (at < 0) return boundaryOf(text, undefined) === null ? inner(text, '') : null;
  outside(0, at);
  for (let part = 0; at >= 0; part++) {
    if (part >= MOST_PARTS) return null;
    const start = at + mark.length;
    const next = text.indexOf(mark, start);
    const end = next < 0 ? text.length : next;
    const head = /\r?\n\r?\n/g;
    head.lastIndex = start;
    const blank = head.exec(text.slice(0, Math.min(end, start + LONGEST_HEAD)));
    if (blank === null && end - start > LONGEST_HEAD) return null;
    if (blank !== null) {
      const content = blank.index + blank[0].length;
      const fields = text.slice(start, blank.index);
      const found = secretsOfPart(fields, text.slice(content, end).replace(/\r?\n$/, ''), search.names, inner);
      if (found === null) return null;
      addAll(spans, search.spans(fields).map(shifted(start)));
      addAll(spans, found.map(shifted(content)));
    } else outside(start, end);
    at = next;
  }
  return spans;
}

function secretsOfPart(
  head: string,
  content: string,
  names: SecretNames,
  inner: (text: string, type: string) => Span[] | null,
): Span[] | null {
  const { parameters } = parseMediaType(field(head, 'content-disposition'));
  // Extended parameter (RFC 5987): `name*=UTF-8''pass%77ord`.
  const extended = parameters.get('name*')?.replace(/^[^']*'[^']*'/, '');
  const name = parameters.get('name') ?? EncodedText.percent(extended ?? '', false).text;
  const called = [name, ...namesBeside(head)];
  const isOdd = ODD_HEAD.test(head) || (head.match(NAME)?.length ?? 0) > 1;
  const secret = called.find((each) => names.ofParameter(each) === 'secret');
  if (isOdd || secret !== undefined) return [{ start: 0, end: content.length, place: folded(secret ?? name) }];
  return inner(content, field(head, 'content-type') ?? '')?.map(spansBelow(folded(name))) ?? null;
}

/** A part of a message that is no form: `Content-ID: <password@service>`, and what mail clients call it. */
function namesBeside(head: string): string[] {
  const id = field(head, 'content-id') ?? '';
  const byType = parseMediaType(field(head, 'content-type')).parameters.get('name');
  return [id.replace(/^<|(?:@[^@]*)?>$/g, ''), field(head, 'content-description') ?? '', byType ?? ''];
}

function field(head: string, name: string): string | null {
  // Parts still have folded fields (RFC 5322, 2.2.3).
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':');
    if (line.slice(0, colon).trim().toLowerCase() === name) return line.slice(colon + 1).trim();
  }
  return null;
}
