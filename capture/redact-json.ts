/** Redaction inside JSON text: the values at the places named become keyed hashes, every other byte stays as it was. */
import { type Node, type ParseError, parseTree } from 'jsonc-parser';

/** Places that are secret wherever they stand; a service's own come on top. */
const DEFAULT_POINTERS = [
  'password',
  'passwd',
  'secret',
  'client_secret',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'api_key',
  'apiKey',
  'accessToken',
  'refreshToken',
].map((name) => `/**/${name}`);

export interface RedactedText {
  readonly text: string;
  readonly count: number;
}

export class JsonRedaction {
  readonly #patterns: readonly (readonly string[])[];
  /** Whether a text can hold any of the places at all; null when a pattern ends in `*`. */
  readonly #mention: RegExp | null;

  /** @param pointers JSON pointers (RFC 6901) with `*` for one segment and `**` for any number of them */
  constructor(pointers: readonly string[]) {
    this.#patterns = [...DEFAULT_POINTERS, ...pointers].map(segmentsOf);
    const last = this.#patterns.map((segments) => segments.at(-1) ?? '*');
    this.#mention = last.some((name) => name.startsWith('*'))
      ? null
      : new RegExp(last.map((name) => `"${name.replace(/[^\w]/g, '\\$&')}"`).join('|'));
  }

  /** Null when the text has to be taken apart and cannot be: it is not JSON, or only the beginning of it. */
  redact(text: string, hash: (token: string) => string): RedactedText | null {
    if (this.#mention !== null && !this.#mention.test(text)) return { text, count: 0 };
    const root = parse(text);
    if (root === null) return null;
    const edits: Node[] = [];
    collect(
      root,
      this.#patterns.map((pattern) => ({ pattern, at: 0 })),
      false,
      edits,
    );
    let redacted = '';
    let from = 0;
    for (const { offset, length } of edits) {
      redacted += `${text.slice(from, offset)}"${hash(text.slice(offset, offset + length))}"`;
      from = offset + length;
    }
    return { text: redacted + text.slice(from), count: edits.length };
  }
}

interface Progress {
  readonly pattern: readonly string[];
  /** Segments of the pattern that have been met. */
  readonly at: number;
}

/** Depth first, so that edits stand in the order of the text. All that is below a place that is named goes with it. */
function collect(node: Node, open: readonly Progress[], secret: boolean, edits: Node[]): void {
  const hit = secret || open.some(({ pattern, at }) => at === pattern.length);
  if (node.type === 'array' || node.type === 'object') {
    for (const [i, child] of (node.children ?? []).entries()) {
      const [key, value] = child.type === 'property' ? (child.children ?? []) : [undefined, child];
      if (value === undefined) continue;
      const name = key === undefined ? String(i) : String(key.value);
      collect(value, hit ? [] : open.flatMap((progress) => step(progress, name)), hit, edits);
    }
    return;
  }
  // null and "" hold nothing, and both sides must agree on which of them it is.
  if (hit && node.type !== 'null' && node.value !== '') edits.push(node);
}

function step({ pattern, at }: Progress, name: string): Progress[] {
  const segment = pattern[at];
  if (segment === undefined) return [];
  if (segment !== '**') return segment === '*' || segment === name ? [{ pattern, at: at + 1 }] : [];
  return [{ pattern, at }, ...step({ pattern, at: at + 1 }, name)];
}

function segmentsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function parse(text: string): Node | null {
  const errors: ParseError[] = [];
  try {
    const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
    return root === undefined || errors.length > 0 ? null : root;
  } catch {
    // Nested more deeply than the parser's recursion goes.
    return null;
  }
}
