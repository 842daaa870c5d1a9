/** The values of a JSON document: what is known of one before it is read, and what of it is secret. */
import { endOf, type JsonDoc, kindOf, type Node, rawOf, STRIDE, startOf, stringOf } from '../../../json/index.ts';
import { addAll, isCapability, isRandom, type Span, spansBelow } from '../shapes/index.ts';
import { EncodedText } from './encoded-text.ts';
import type { PointerProgress } from './pointers.ts';
import { readsAsMessage, readsAsSentence } from './prose.ts';
import { lastWord, type Secrecy } from './secret-names.ts';

/** The longest string, including its quotation marks, that is considered as a name; characters. */
const LONGEST_SAID = 200;
/** How many digits a number must have to be checked for a secret shape. */
const SHORTEST_NUMBER = 13;

const ENTRY_VALUES = new Set(['value', 'values', 'val', 'v', 'content', 'data', 'text']);
/** Keys that hold what somebody said in answer to a label. */
const SAID = new Set(['actual', 'answer', 'input', 'received', 'response']);
/** Searches the decoded text of a string. */
export type Inner = (text: string, more?: ReadonlySet<string>) => Span[];

export interface Search {
  readonly doc: JsonDoc;
  readonly inner: Inner;
  readonly spans: Span[];
}

/** What is known of a value before it is visited, from its key, its siblings and its containers. */
export interface PlacedValue {
  readonly place: string;
  readonly depth: number;
  readonly progress: PointerProgress;
  readonly secret: boolean;
  /** Whether it is below `sessions` or the like, where texts are secret that are not plain words. */
  readonly within: boolean;
  /** Whether it is secret if it is random. */
  readonly weak: boolean;
  /** Whether a sibling declares the values to be secret, or to be so if they are random. */
  readonly entry: Secrecy;
  /** Names that are secret here, because a GraphQL document next to them uses them as variables. */
  readonly more: ReadonlySet<string>;
  /** The positions in a row that are secret, according to the column names. */
  readonly columns: ReadonlySet<number> | null;
}

/** Names of containers whose members are secret only if they are no plain words. */
const TOLD = new Set(['session', 'sessions', 'tokens']);

/** Whether an object, or a list of objects, has one of those names. */
export function isTold(doc: JsonDoc, step: string, value: Node): boolean {
  if (!TOLD.has(step)) return false;
  return (
    kindOf(doc, kindOf(doc, value) === 'array' && doc.tape[value + 2] !== value + STRIDE ? value + STRIDE : value) ===
    'object'
  );
}

/** Whether a member of an entry holds the value that the entry names. A sentence below a label is advice. */
export function holdsValue(doc: JsonDoc, key: string, value: Node): boolean {
  const last = lastWord(key);
  const isString = kindOf(doc, value) === 'string';
  if (isString && last === 'text' && readsAsSentence(stringOf(doc, value))) return false;
  return ENTRY_VALUES.has(last) || (isString && SAID.has(last));
}

/** A number without a secret name may be one by its digits, as that of a payment card. */
export function addNumber({ doc, inner, spans }: Search, node: Node, { secret, place }: PlacedValue): void {
  const [start, end] = [startOf(doc, node), endOf(doc, node)];
  if (secret || (end - start >= SHORTEST_NUMBER && inner(doc.text.slice(start, end)).length > 0))
    spans.push({ start, end, place, bare: true });
}

export function addString(
  { doc, inner, spans }: Search,
  node: Node,
  { secret, within, weak, place, more }: PlacedValue,
  isPem: boolean,
): void {
  const [start, end] = [startOf(doc, node), endOf(doc, node)];
  if (end - start === 2) return;
  const said = EncodedText.jsonString(doc.text, start, end);
  if (secret || isPem || (weak && isRandom(said.text)) || (within && !PLAIN.test(said.text)))
    addAll(spans, said.written([{ start: 0, end: said.text.length, place }]));
  else addAll(spans, said.written(inner(said.text, more)).map(spansBelow(place)));
}

/** Names and titles, such as those of a conference's sessions. */
const PLAIN = /^[\p{L}'’.,:!?&-]{1,16}(?: [\p{L}'’.,:!?&-]{1,16}){0,20}$/u;

/** A key may itself be an address or a token. */
export function addKey(
  { doc, inner, spans }: Search,
  node: Node,
  { place, secret, within }: Pick<PlacedValue, 'place' | 'secret' | 'within'>,
): void {
  const [start, end] = [startOf(doc, node), endOf(doc, node)];
  if (end - start < 8 || /^"[\w-]{1,21}"$/.test(rawOf(doc, node).slice(0, 40))) return;
  const said = EncodedText.jsonString(doc.text, start, end);
  // `"sessions": {"…": {…}}`: what they are found by.
  if ((secret || within) && isDrawn(said.text))
    addAll(spans, said.written([{ start: 0, end: said.text.length, place: `${place}/key` }]));
  else addAll(spans, said.written(inner(said.text)).map(spansBelow(`${place}/key`)));
}

/** 128 bits at least, in base64url or in hexadecimal digits; a long name may end with a number. */
function isDrawn(key: string): boolean {
  return (
    (isCapability(key) && /\d.*[A-Za-z].*\d/.test(key)) ||
    /^(?=.*\d)[\da-f]{8}-?(?:[\da-f]{4}-?){3,14}[\da-f]{4,}$/i.test(key)
  );
}

/** The lines of a PEM key may be separate strings. @param before whether a key has begun and not ended */
export function isWithinPem(said: string, before: boolean): boolean {
  const [begin, end] = [said.lastIndexOf('-----BEGIN'), said.lastIndexOf('-----END')];
  return begin === end ? before : begin > end;
}

/** Whether a node is a string short enough to be a name. */
export function couldName(doc: JsonDoc, node: Node): boolean {
  return kindOf(doc, node) === 'string' && endOf(doc, node) - startOf(doc, node) <= LONGEST_SAID;
}

/**
 * Names that Terraform marks beside the values: `"after_sensitive": {"conn": true}`, or a path
 * `{"type": "get_attr", "value": "conn"}`.
 */
export function markedNames(doc: JsonDoc, container: Node): ReadonlySet<string> {
  const found = new Set<string>();
  const end = doc.tape[container + 2] ?? 0;
  let before = '';
  for (let node = container + STRIDE; node < end; node += STRIDE) {
    const kind = kindOf(doc, node);
    const said = kind === 'string' ? stringOf(doc, node) : '';
    if (rawOf(doc, node) === 'true') found.add(before);
    else if (before === 'value') found.add(said);
    before = said;
  }
  return found;
}

/**
 * Whether a member has a secret's name, but holds another thing: a number below `tokens` or `tokenId` counts, a
 * container below a path describes an endpoint, and sentences below a field of a form are its errors.
 */
export function isOther(doc: JsonDoc, name: string, value: Node): boolean {
  const kind = kindOf(doc, value);
  if (kind === 'number') return /[^s]s$|token_?id$/i.test(name) && endOf(doc, value) - startOf(doc, value) < 7;
  if (kind === 'string') return false;
  if (name.includes('/')) return true;
  if (kind !== 'array' || /phrase|seed|mnemonic/i.test(name)) return false;
  const end = doc.tape[value + 2] ?? 0;
  let node = value + STRIDE;
  for (; node < end; node = doc.tape[node + 2] ?? end)
    if (kindOf(doc, node) !== 'string' || !readsAsMessage(stringOf(doc, node))) return false;
  return end > value + STRIDE;
}
