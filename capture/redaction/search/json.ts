/** Secrets in JSON: by key, by the pointers of a service, by an entry's name, and within strings. No recursion over the document. */
import { endOf, type JsonDoc, kindOf, type Node, ROOT, rawOf, STRIDE, startOf, stringOf } from '../../../json/index.ts';
import { EncodedText } from './encoded-text.ts';
import { secretVariables } from './form.ts';
import { type PointerProgress, Pointers } from './pointers.ts';
import { folded, type SecretNames } from './secret-names.ts';
import { isRandom } from './secret-values.ts';
import { addAll, type Span, spansBelow } from './span.ts';

/** In `{"name": "password", "value": "…"}` and its like: what names the entry, and what it holds. */
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
const ENTRY_VALUES = new Set([
  'value',
  'values',
  'val',
  'v',
  'content',
  'data',
  'text',
  'newvalue',
  'oldvalue',
  'stringvalue',
]);
/** Deeper places share one key: a path that grows with the nesting would cost its square. */
const DEEPEST_PLACE = 32;

/** Digits of a number that may be a secret by its shape. */
const SHORTEST_NUMBER = 13;

/** Searches what a string says. */
export type Inner = (text: string, more?: ReadonlySet<string>) => Span[];

interface Frame {
  readonly inObject: boolean;
  /** After the container. */
  readonly end: Node;
  readonly secret: boolean;
  /** Its values are secret, since a sibling says so. */
  readonly entry: boolean;
  readonly place: string;
  readonly depth: number;
  readonly progress: PointerProgress;
  /** Names that are secret here: variables of a GraphQL document beside them. */
  readonly more: ReadonlySet<string>;
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
    const spans: Span[] = [];
    const frames: Frame[] = [];
    let [place, depth, weak, more] = ['', 0, false, names];
    const hasPem = doc.text.includes('-----BEGIN');
    let isPem = false;
    let progress = this.#pointers.start;
    let secret = this.#pointers.hit(progress);
    for (let node: Node = ROOT; node < doc.tape.length; ) {
      const kind = kindOf(doc, node);
      if (kind === 'object' || kind === 'array') {
        frames.push(this.#open(doc, node, { kind, place, depth, secret, progress, more }));
        node += STRIDE;
      } else {
        if (kind === 'string') {
          this.#string(doc, node, secret || isPem, weak, place, more, inner, spans);
          if (hasPem) isPem = isWithinPem(rawOf(doc, node), isPem);
        } else if (secret && kind !== 'null') {
          spans.push({ start: startOf(doc, node), end: endOf(doc, node), place, bare: true });
        } else if (kind === 'number' && endOf(doc, node) - startOf(doc, node) >= SHORTEST_NUMBER) {
          // A card's, for one.
          const [start, end] = [startOf(doc, node), endOf(doc, node)];
          if (inner(doc.text.slice(start, end)).length > 0) spans.push({ start, end, place, bare: true });
        }
        node += STRIDE;
      }
      let frame = frames.at(-1);
      while (frame !== undefined && node >= frame.end) {
        frames.pop();
        frame = frames.at(-1);
      }
      if (frame === undefined) break;
      const parent = frame;
      let key = String(parent.index++);
      let step = '*';
      weak = false;
      secret = parent.secret || (parent.entry && !parent.inObject && parent.index === 2);
      if (parent.inObject) {
        key = stringOf(doc, node);
        const secrecy = parent.more.has(key) ? 'secret' : this.#names.of(key);
        step = folded(key);
        weak = secrecy === 'random';
        secret ||= secrecy === 'secret' || (parent.entry && ENTRY_VALUES.has(step));
        this.#key(doc, node, parent.place, inner, spans);
        node += STRIDE;
      }
      progress = this.#pointers.step(parent.progress, key);
      secret ||= this.#pointers.hit(progress);
      depth = parent.depth + 1;
      place = depth > DEEPEST_PLACE ? parent.place : `${parent.place}/${step}`;
      more = parent.more;
    }
    return spans;
  }

  #open(
    doc: JsonDoc,
    node: Node,
    at: Pick<Frame, 'place' | 'depth' | 'secret' | 'progress' | 'more'> & { kind: string },
  ): Frame {
    const { kind, ...rest } = at;
    const inObject = kind === 'object';
    const end = doc.tape[node + 2] ?? 0;
    const about = inObject
      ? this.#aboutEntry(doc, node, end)
      : { entry: this.#isNamedPair(doc, node, end), more: null };
    return { ...rest, inObject, end, entry: about.entry, more: about.more ?? rest.more, index: 0 };
  }

  /** Looks at an object's own string members once, before its values. */
  #aboutEntry(doc: JsonDoc, object: Node, end: Node): { entry: boolean; more: ReadonlySet<string> | null } {
    let entry = false;
    let more: ReadonlySet<string> | null = null;
    for (let key = object + STRIDE; key < end; key = doc.tape[key + STRIDE + 2] ?? end) {
      const value = key + STRIDE;
      if (kindOf(doc, value) !== 'string') continue;
      const name = stringOf(doc, key);
      if (name === 'query' && endOf(doc, value) - startOf(doc, value) > 8) {
        more = secretVariables(stringOf(doc, value), this.#names);
      } else if (!entry && ENTRY_NAMES.has(name.toLowerCase()) && endOf(doc, value) - startOf(doc, value) < 200) {
        const said = stringOf(doc, value);
        entry =
          this.#names.ofField(said.slice(said.lastIndexOf('/') + 1).toLowerCase()) === 'secret' ||
          this.#names.of(said.slice(said.lastIndexOf('/') + 1)) === 'secret';
      }
    }
    return { entry, more };
  }

  /** `["password", "…"]` */
  #isNamedPair(doc: JsonDoc, array: Node, end: Node): boolean {
    const first = array + STRIDE;
    if (first >= end || kindOf(doc, first) !== 'string' || endOf(doc, first) - startOf(doc, first) > 200) return false;
    const second = doc.tape[first + 2] ?? end;
    return second < end && (doc.tape[second + 2] ?? end) === end && this.#names.of(stringOf(doc, first)) === 'secret';
  }

  #string(
    doc: JsonDoc,
    node: Node,
    secret: boolean,
    weak: boolean,
    place: string,
    more: ReadonlySet<string>,
    inner: Inner,
    spans: Span[],
  ): void {
    const [start, end] = [startOf(doc, node), endOf(doc, node)];
    if (end - start === 2) return;
    const said = EncodedText.jsonString(doc.text, start, end);
    if (secret || (weak && isRandom(said.text)))
      addAll(spans, said.written([{ start: 0, end: said.text.length, place }]));
    else addAll(spans, said.written(inner(said.text, more)).map(spansBelow(place)));
  }

  /** A key may be an address or a token itself. */
  #key(doc: JsonDoc, node: Node, place: string, inner: Inner, spans: Span[]): void {
    const [start, end] = [startOf(doc, node), endOf(doc, node)];
    if (end - start < 8 || /^"[\w-]{1,24}"$/.test(rawOf(doc, node).slice(0, 40))) return;
    const said = EncodedText.jsonString(doc.text, start, end);
    addAll(spans, said.written(inner(said.text)).map(spansBelow(`${place}/key`)));
  }
}

/** A key's lines may stand in strings of their own. @param before whether one has begun and not ended */
function isWithinPem(said: string, before: boolean): boolean {
  const [begin, end] = [said.lastIndexOf('-----BEGIN'), said.lastIndexOf('-----END')];
  return begin === end ? before : begin > end;
}
