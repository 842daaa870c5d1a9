/**
 * Finds secrets in JSON: by key, by the service's pointers, by an entry's name, and within strings. Does not recurse
 * into the document.
 */
import { endOf, type JsonDoc, kindOf, type Node, ROOT, rawOf, STRIDE, startOf, stringOf } from '../../../json/index.ts';
import { addAll, COMMAND_LINE, type Span, secretsInCommands, shifted } from '../shapes/index.ts';
import { secretVariables } from './form.ts';
import {
  addKey,
  addNumber,
  addString,
  couldName,
  holdsValue,
  type Inner,
  isOther,
  isTold,
  isWithinPem,
  markedNames,
  type PlacedValue,
  type Search,
} from './json-values.ts';
import { Pointers } from './pointers.ts';
import { folded, lastWord, type Secrecy, type SecretNames } from './secret-names.ts';

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
  'macro',
]);
/**
 * Other pairs of such keys. Here the name must be a label by itself and the value must be a string, because these keys
 * have other uses.
 */
const LABELS = new Set(['column', 'env', 'loc', 'option', 'pointer', 'prompt', 'question', 'setting', 'variable']);
/** Containers within an entry that may hold its value. */
const BESIDE = new Set(['context', 'meta', 'params', 'payload']);
/** Keys that hold column names, and keys that hold rows. */
const HEADS = new Set(['columns', 'cols', 'fields', 'header', 'headers', 'head', 'keys', 'names']);
const ROWS = new Set(['rows', 'values', 'data', 'records', 'items', 'results', 'body']);
/** Members of a private key (RFC 7518, 6). */
const JOSE: ReadonlySet<string> = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']);
/** What Kubernetes keeps in a Secret, whatever it is called. */
const OF_SECRET: ReadonlySet<string> = new Set(['data', 'stringData']);
/** Kinds of an entry that say the same. */
const SECRET_TYPES = new Set(['password', 'secret', 'securestring', 'encrypted']);
/** Marks of an entry whose value is secret, whatever it is called, and the keys that hold such a value. */
const FLAGS = new Set(['issecret', 'issensitive', 'masked', 'secret', 'sensitive']);
const FLAGGED: ReadonlySet<string> = new Set(['value', 'values', 'default', 'Value']);
/** Members that mark others. */
const SENSITIVE = /^(?:after|before)_sensitive$|^sensitive_(?:values|attributes)$/;
/** A command-line option whose argument follows it. */
const OPTION = /^--[\w-]{2,40}$/;
/** Places below this depth share one key. Otherwise the length of a path would make the cost quadratic in the depth. */
const DEEPEST_PLACE = 32;

/** How far into a list the name of a program is looked for. */
const MOST_OF_A_NAME = 400;
/** How many columns of a table are examined. */
const MOST_COLUMNS = 1_000;
interface Frame extends PlacedValue {
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
      if (kind === 'array') addArguments(search, node);
      if (kind === 'number') addNumber(search, node, value);
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

  #root(more: ReadonlySet<string>): PlacedValue {
    const { start: progress } = this.#pointers;
    const secret = this.#pointers.hit(progress);
    return { place: '', depth: 0, progress, secret, within: false, weak: false, entry: 'open', more, columns: null };
  }

  /** The value of a member of an object. */
  #member(doc: JsonDoc, key: Node, parent: Frame): PlacedValue {
    const name = stringOf(doc, key);
    const step = folded(name);
    const value = key + STRIDE;
    const said = isOther(doc, name, value) ? 'open' : this.#names.of(name);
    const told = said === 'secret' && isTold(doc, step, value);
    const held = parent.entry !== 'open' && holdsValue(doc, name, value) ? parent.entry : 'open';
    return this.#below(parent, name, step, {
      secret: parent.more.has(name) || (said === 'secret' && !told) || held === 'secret',
      within: told,
      weak: said === 'random' || held === 'random',
      entry: BESIDE.has(step) ? parent.entry : 'open',
      columns: ROWS.has(step) ? parent.columns : null,
    });
  }

  #element(doc: JsonDoc, node: Node, parent: Frame): PlacedValue {
    const isRow = kindOf(doc, node) === 'array';
    const isInColumn = !isRow && parent.columns !== null && parent.columns.has(parent.index);
    const secret = parent.next || isInColumn;
    const key = String(parent.index++);
    parent.next = this.#announces(doc, node, parent);
    return this.#below(parent, key, '*', {
      secret,
      within: false,
      weak: false,
      entry: 'open',
      columns: isRow ? parent.columns : null,
    });
  }

  #below(
    parent: Frame,
    key: string,
    step: string,
    { secret, within, weak, entry, columns }: Pick<PlacedValue, 'secret' | 'within' | 'weak' | 'entry' | 'columns'>,
  ): PlacedValue {
    const progress = this.#pointers.step(parent.progress, key);
    const depth = parent.depth + 1;
    return {
      place: depth > DEEPEST_PLACE ? parent.place : `${parent.place}/${step}`,
      depth,
      progress,
      secret: parent.secret || secret || this.#pointers.hit(progress),
      within: parent.within || within,
      weak,
      entry,
      more: parent.more,
      columns,
    };
  }

  #open(doc: JsonDoc, node: Node, kind: 'object' | 'array', value: PlacedValue): Frame {
    const end = doc.tape[node + 2] ?? 0;
    const common = { ...value, end, index: 0, next: false };
    if (kind === 'array') {
      const columns = value.columns ?? this.#firstRow(doc, node, end);
      return { ...common, inObject: false, columns, fields: /headers?$/.test(value.place) };
    }
    const { columns, ...about } = this.#about(doc, node, end);
    const entry = value.entry === 'open' ? about.entry : value.entry;
    const more = about.more ?? value.more;
    return { ...common, inObject: true, entry, more, columns, fields: false };
  }

  /** Inspects an object's own members once, before its values are visited. */
  #about(doc: JsonDoc, object: Node, end: Node) {
    let entry: Secrecy = 'open';
    let more: ReadonlySet<string> | null = null;
    let columns: ReadonlySet<number> | null = null;
    for (let key = object + STRIDE; key < end; key = doc.tape[key + STRIDE + 2] ?? end) {
      const value = key + STRIDE;
      const kind = kindOf(doc, value);
      if (kind === 'number' || kind === 'null') continue;
      const name = stringOf(doc, key);
      if (kind === 'boolean') {
        if (rawOf(doc, value) === 'true' && FLAGS.has(folded(name))) more = FLAGGED;
        continue;
      }
      if (kind !== 'string' && SENSITIVE.test(name)) more = markedNames(doc, value);
      if (kind === 'array' && HEADS.has(name.toLowerCase())) columns ??= this.#columns(doc, value);
      if (kind === 'string' && name === 'query' && endOf(doc, value) - startOf(doc, value) > 8)
        more = secretVariables(stringOf(doc, value), this.#names);
      else if (kind === 'string' && name === 'kty') more = JOSE;
      else if (kind === 'string' && name === 'kind' && rawOf(doc, value) === '"Secret"') more = OF_SECRET;
      else if (entry !== 'secret') {
        const told = this.#namesEntry(doc, name, value, kind);
        if (told !== 'open') entry = told;
      }
    }
    return { entry, more, columns };
  }

  /** Whether a member declares a sibling to be secret. */
  #namesEntry(doc: JsonDoc, name: string, value: Node, kind: string): Secrecy {
    if (kind === 'object') return name === 'source' ? this.#about(doc, value, doc.tape[value + 2] ?? 0).entry : 'open';
    const last = lastWord(name);
    const isLabel = LABELS.has(last);
    if (!isLabel && !ENTRY_NAMES.has(last) && last !== 'type') return 'open';
    const node = kind === 'array' ? this.#lastOf(doc, value) : value;
    if (node === null || !couldName(doc, node)) return 'open';
    const said = stringOf(doc, node);
    if (last === 'type') return SECRET_TYPES.has(folded(said)) && folded(name) === 'type' ? 'secret' : 'open';
    // A version of a secret in a vault: `…/secrets/db/versions/1`.
    if (/\/secrets\/./.test(said)) return 'secret';
    const step = said.slice(said.lastIndexOf('/') + 1);
    if (isLabel) return this.#names.calls(step) ? 'secret' : 'open';
    return this.#names.ofField(step.toLowerCase()) === 'secret' ? 'secret' : this.#names.of(step);
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
      if (
        kind === 'object' ? this.#about(doc, node, doc.tape[node + 2] ?? 0).entry === 'secret' : this.#isName(doc, node)
      )
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

  #namesAlso(doc: JsonDoc, node: Node, before: string): boolean {
    const said = couldName(doc, node) ? stringOf(doc, node) : '';
    if (/^[a-z]+(?:_[a-z]+|[A-Z][a-z]+)+$/.test(said))
      return this.#names.calls(said) || before.startsWith(said.slice(0, said.lastIndexOf('_') + 1 || -1));
    return before !== said && /^(?:password|token|secret)s?$/.test(said);
  }

  /** Detects `["password", "…"]`, `["--password", "…"]`, and header fields in one flat list. */
  #announces(doc: JsonDoc, node: Node, { index, end, fields }: Frame): boolean {
    if (!couldName(doc, node)) return false;
    const next = doc.tape[node + 2] ?? end;
    if (next >= end) return false;
    const isPair = index === 1 && (doc.tape[next + 2] ?? end) === end;
    if (!isPair && !fields && doc.text[startOf(doc, node) + 1] !== '-') return false;
    const said = stringOf(doc, node);
    // `["authorization_code", "refresh_token"]` is a list of names, `["password:reset", …]` one of permissions.
    if (isPair && (this.#namesAlso(doc, next, said) || /:[a-z]+$/.test(said))) return false;
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

/** `["mysql", "-psesame"]`: the arguments of a command. */
function addArguments({ doc, spans }: Search, array: Node): void {
  const start = startOf(doc, array);
  if (!COMMAND_LINE.test(doc.text.slice(start, start + MOST_OF_A_NAME))) return;
  const line = doc.text.slice(start, endOf(doc, array)).replace(/["',[\]]/g, ' ');
  addAll(spans, secretsInCommands(line).map(shifted(start)));
}
