/**
 * Finds secrets in JSON: by key, by the service's pointers, by an entry's name, and within strings. Does not recurse
 * into the document.
 */
import { endOf, type JsonDoc, kindOf, type Node, ROOT, rawOf, STRIDE, startOf, stringOf } from '../../../json/index.ts';
import { EncodedText } from './encoded-text.ts';
import { secretVariables } from './form.ts';
import { type PointerProgress, Pointers } from './pointers.ts';
import { readsAsSentence } from './prose.ts';
import { folded, lastWord, type SecretNames } from './secret-names.ts';
import { isCapability, isRandom } from './secret-values.ts';
import { addAll, type Span, spansBelow } from './span.ts';

/**
 * In `{"name": "password", "value": "…"}` and similar entries: keys that hold the name, and keys that hold the value.
 */
const ENTRY_NAMES = new Set([
  'name',
  'key',
  'path',
  'field',
  'param',
  'parameter',
  'header',
  'property',
  'attribute',
  'k',
  'n',
  'id',
  'label',
]);
const ENTRY_VALUES = new Set(['value', 'values', 'val', 'v', 'content', 'data', 'text']);
/**
 * Other pairs of such keys. Here the name must be a label by itself and the value must be a string, because these keys
 * have other uses.
 */
const LABELS = new Set(['column', 'env', 'loc', 'option', 'pointer', 'prompt', 'question', 'setting', 'variable']);
const SAID = new Set(['actual', 'answer', 'input', 'received', 'response']);
/** Containers within an entry that may hold its value. */
const BESIDE = new Set(['context', 'meta', 'params']);
/** Keys that hold column names, and keys that hold rows. */
const HEADS = new Set(['columns', 'cols', 'fields', 'header', 'headers', 'head', 'keys', 'names']);
const ROWS = new Set(['rows', 'values', 'data', 'records', 'items', 'results', 'body']);
/** Members of a private key (RFC 7518, 6). */
const JOSE: ReadonlySet<string> = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']);
/** What Kubernetes keeps in a Secret, whatever it is called. */
const OF_SECRET: ReadonlySet<string> = new Set(['data', 'stringData']);
/** A command-line option whose argument follows it. */
const OPTION = /^--[\w-]{2,40}$/;
/** Places below this depth share one key. Otherwise the length of a path would make the cost quadratic in the depth. */
const DEEPEST_PLACE = 32;

/** The longest string, including its quotation marks, that is considered as a name; characters. */
const LONGEST_SAID = 200;
/** How many columns of a table are examined. */
const MOST_COLUMNS = 1_000;
/** How many digits a number must have to be checked for a secret shape. */
const SHORTEST_NUMBER = 13;

/** Searches the decoded text of a string. */
export type Inner = (text: string, more?: ReadonlySet<string>) => Span[];

interface Search {
  readonly doc: JsonDoc;
  readonly inner: Inner;
  readonly spans: Span[];
}

/** What is known of a value before it is visited, from its key, its siblings and its containers. */
interface Value {
  readonly place: string;
  readonly depth: number;
  readonly progress: PointerProgress;
  readonly secret: boolean;
  /** Whether it is secret if it is random. */
  readonly weak: boolean;
  /** Whether a sibling declares the values to be secret. */
  readonly entry: boolean;
  /** Names that are secret here, because a GraphQL document next to them uses them as variables. */
  readonly more: ReadonlySet<string>;
  /** The positions in a row that are secret, according to the column names. */
  readonly columns: ReadonlySet<number> | null;
}

interface Frame extends Value {
  readonly inObject: boolean;
  /** The node after the container. */
  readonly end: Node;
  /** Whether the array lists header fields, names and values alternating. */
  readonly fields: boolean;
  /** Whether the previous element declares this one to be secret. */
  next: boolean;
  index: number;
}

const NONE: ReadonlySet<string> = new Set();

export class JsonSecrets {
  readonly #names: SecretNames;
  readonly #pointers: Pointers;

  constructor(names: SecretNames, pointers: readonly string[]) {
    this.#names = names;
    this.#pointers = new Pointers(pointers);
  }

  spans(doc: JsonDoc, inner: Inner, names: ReadonlySet<string> = NONE): Span[] {
    const search: Search = { doc, inner, spans: [] };
    const frames: Frame[] = [];
    let value = this.#root(names);
    const hasPem = doc.text.includes('-----BEGIN');
    let isPem = false;
    for (let node: Node = ROOT; node < doc.tape.length; ) {
      const kind = kindOf(doc, node);
      if (kind === 'object' || kind === 'array') frames.push(this.#open(doc, node, kind, value));
      else if (kind === 'number') addNumber(search, node, value);
      else if (kind === 'string') {
        addString(search, node, value, isPem);
        if (hasPem) isPem = isWithinPem(rawOf(doc, node), isPem);
      }
      node += STRIDE;
      const parent = enclosing(frames, node);
      if (parent === undefined) break;
      if (parent.inObject) {
        addKey(search, node, parent);
        value = this.#member(doc, node, parent);
        node += STRIDE;
      } else value = this.#element(doc, node, parent);
    }
    return search.spans;
  }

  #root(more: ReadonlySet<string>): Value {
    const { start: progress } = this.#pointers;
    const secret = this.#pointers.hit(progress);
    return { place: '', depth: 0, progress, secret, weak: false, entry: false, more, columns: null };
  }

  /** The value of a member of an object. */
  #member(doc: JsonDoc, key: Node, parent: Frame): Value {
    const name = stringOf(doc, key);
    const step = folded(name);
    const secrecy = parent.more.has(name) ? 'secret' : this.#names.of(name);
    return this.#below(parent, name, step, {
      secret: secrecy === 'secret' || (parent.entry && holdsValue(doc, name, key + STRIDE)),
      weak: secrecy === 'random',
      entry: parent.entry && BESIDE.has(step),
      columns: ROWS.has(step) ? parent.columns : null,
    });
  }

  #element(doc: JsonDoc, node: Node, parent: Frame): Value {
    const isRow = kindOf(doc, node) === 'array';
    const isInColumn = !isRow && parent.columns !== null && parent.columns.has(parent.index);
    const secret = parent.next || isInColumn;
    const key = String(parent.index++);
    parent.next = this.#announces(doc, node, parent);
    return this.#below(parent, key, '*', { secret, weak: false, entry: false, columns: isRow ? parent.columns : null });
  }

  #below(
    parent: Frame,
    key: string,
    step: string,
    { secret, weak, entry, columns }: Pick<Value, 'secret' | 'weak' | 'entry' | 'columns'>,
  ): Value {
    const progress = this.#pointers.step(parent.progress, key);
    const depth = parent.depth + 1;
    return {
      place: depth > DEEPEST_PLACE ? parent.place : `${parent.place}/${step}`,
      depth,
      progress,
      secret: parent.secret || secret || this.#pointers.hit(progress),
      weak,
      entry,
      more: parent.more,
      columns,
    };
  }

  #open(doc: JsonDoc, node: Node, kind: 'object' | 'array', value: Value): Frame {
    const end = doc.tape[node + 2] ?? 0;
    const common = { ...value, end, index: 0, next: false };
    if (kind === 'array') {
      const columns = value.columns ?? this.#firstRow(doc, node, end);
      return { ...common, inObject: false, columns, fields: /headers?$/.test(value.place) };
    }
    const { columns, ...about } = this.#about(doc, node, end);
    const [entry, more] = [value.entry || about.entry, about.more ?? value.more];
    return { ...common, inObject: true, entry, more, columns, fields: false };
  }

  /** Inspects an object's own members once, before its values are visited. */
  #about(doc: JsonDoc, object: Node, end: Node) {
    let entry = false;
    let more: ReadonlySet<string> | null = null;
    let columns: ReadonlySet<number> | null = null;
    for (let key = object + STRIDE; key < end; key = doc.tape[key + STRIDE + 2] ?? end) {
      const value = key + STRIDE;
      const kind = kindOf(doc, value);
      if (kind !== 'string' && kind !== 'array' && kind !== 'object') continue;
      const name = stringOf(doc, key);
      if (kind === 'array' && HEADS.has(name.toLowerCase())) columns ??= this.#columns(doc, value);
      if (kind === 'string' && name === 'query' && endOf(doc, value) - startOf(doc, value) > 8)
        more = secretVariables(stringOf(doc, value), this.#names);
      else if (kind === 'string' && name === 'kty') more = JOSE;
      else if (kind === 'string' && name === 'kind' && rawOf(doc, value) === '"Secret"') more = OF_SECRET;
      else if (!entry) entry = this.#namesEntry(doc, name, value, kind);
    }
    return { entry, more, columns };
  }

  /** Whether a member declares a sibling to be secret. */
  #namesEntry(doc: JsonDoc, name: string, value: Node, kind: string): boolean {
    if (kind === 'object') return name === 'source' && this.#about(doc, value, doc.tape[value + 2] ?? 0).entry;
    const last = lastWord(name);
    const isLabel = LABELS.has(last);
    if (!isLabel && !ENTRY_NAMES.has(last) && name !== 'type') return false;
    const node = kind === 'array' ? this.#lastOf(doc, value) : value;
    if (node === null || !couldName(doc, node)) return false;
    const said = stringOf(doc, node);
    if (name === 'type') return folded(said) === 'password';
    const step = said.slice(said.lastIndexOf('/') + 1);
    if (isLabel) return this.#names.calls(step);
    return this.#names.ofField(step.toLowerCase()) === 'secret' || this.#names.of(step) === 'secret';
  }

  #lastOf(doc: JsonDoc, array: Node): Node | null {
    let last: Node | null = null;
    const end = doc.tape[array + 2] ?? 0;
    for (let node = array + STRIDE; node < end; node = doc.tape[node + 2] ?? end) last = node;
    return last;
  }

  /** Positions of the elements of an array that name a secret, or that describe something with such a name. */
  #columns(doc: JsonDoc, array: Node): ReadonlySet<number> | null {
    const found = new Set<number>();
    const end = doc.tape[array + 2] ?? 0;
    for (let [node, i] = [array + STRIDE, 0]; node < end && i < MOST_COLUMNS; node = doc.tape[node + 2] ?? end, i++) {
      const kind = kindOf(doc, node);
      if (kind === 'object' ? this.#about(doc, node, doc.tape[node + 2] ?? 0).entry : this.#isName(doc, node))
        found.add(i);
    }
    return found.size === 0 ? null : found;
  }

  #isName(doc: JsonDoc, node: Node): boolean {
    if (!couldName(doc, node)) return false;
    return this.#names.of(stringOf(doc, node)) === 'secret';
  }

  /** Secret columns of a table whose first row holds the column names. */
  #firstRow(doc: JsonDoc, array: Node, end: Node): ReadonlySet<number> | null {
    const first = array + STRIDE;
    if (first >= end || kindOf(doc, first) !== 'array') return null;
    const second = doc.tape[first + 2] ?? end;
    if (second >= end || kindOf(doc, second) !== 'array') return null;
    const last = doc.tape[first + 2] ?? end;
    for (let node = first + STRIDE; node < last; node = doc.tape[node + 2] ?? last)
      if (kindOf(doc, node) !== 'string') return null;
    return this.#columns(doc, first);
  }

  /** Detects `["password", "…"]`, `["--password", "…"]`, and header fields in one flat list. */
  #announces(doc: JsonDoc, node: Node, { index, end, fields }: Frame): boolean {
    if (!couldName(doc, node)) return false;
    const next = doc.tape[node + 2] ?? end;
    if (next >= end) return false;
    const isPair = index === 1 && (doc.tape[next + 2] ?? end) === end;
    if (!isPair && !fields && doc.text[startOf(doc, node) + 1] !== '-') return false;
    const said = stringOf(doc, node);
    if (isPair || OPTION.test(said)) return this.#names.of(said) === 'secret';
    return fields && index % 2 === 1 && this.#names.ofField(said.toLowerCase()) === 'secret';
  }
}

/** The innermost container that holds a node; ends those before it. */
function enclosing(frames: Frame[], node: Node): Frame | undefined {
  let frame = frames.at(-1);
  while (frame !== undefined && node >= frame.end) {
    frames.pop();
    frame = frames.at(-1);
  }
  return frame;
}

/** Whether a member of an entry holds the value that the entry names. A sentence below a label is advice. */
function holdsValue(doc: JsonDoc, key: string, value: Node): boolean {
  const last = lastWord(key);
  const isString = kindOf(doc, value) === 'string';
  if (isString && last === 'text' && readsAsSentence(stringOf(doc, value))) return false;
  return ENTRY_VALUES.has(last) || (isString && SAID.has(last));
}

/** A number without a secret name may be one by its digits, as that of a payment card. */
function addNumber({ doc, inner, spans }: Search, node: Node, { secret, place }: Value): void {
  const [start, end] = [startOf(doc, node), endOf(doc, node)];
  if (secret || (end - start >= SHORTEST_NUMBER && inner(doc.text.slice(start, end)).length > 0))
    spans.push({ start, end, place, bare: true });
}

function addString(
  { doc, inner, spans }: Search,
  node: Node,
  { secret, weak, place, more }: Value,
  isPem: boolean,
): void {
  const [start, end] = [startOf(doc, node), endOf(doc, node)];
  if (end - start === 2) return;
  const said = EncodedText.jsonString(doc.text, start, end);
  if (secret || isPem || (weak && isRandom(said.text)))
    addAll(spans, said.written([{ start: 0, end: said.text.length, place }]));
  else addAll(spans, said.written(inner(said.text, more)).map(spansBelow(place)));
}

/** A key may itself be an address or a token. */
function addKey({ doc, inner, spans }: Search, node: Node, { place, secret }: Frame): void {
  const [start, end] = [startOf(doc, node), endOf(doc, node)];
  if (end - start < 8 || /^"[\w-]{1,21}"$/.test(rawOf(doc, node).slice(0, 40))) return;
  const said = EncodedText.jsonString(doc.text, start, end);
  // `"sessions": {"…": {…}}`: what they are found by.
  if (secret && isDrawn(said.text))
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
function isWithinPem(said: string, before: boolean): boolean {
  const [begin, end] = [said.lastIndexOf('-----BEGIN'), said.lastIndexOf('-----END')];
  return begin === end ? before : begin > end;
}

/** Whether a node is a string short enough to be a name. */
function couldName(doc: JsonDoc, node: Node): boolean {
  return kindOf(doc, node) === 'string' && endOf(doc, node) - startOf(doc, node) <= LONGEST_SAID;
}
