/**
 * Which requests a rule matches. An empty list matches any request; all lists must match, each with at least one of its
 * values.
 */
import { patternCovers, patternsMeet } from './pattern.ts';

export interface HeaderCondition {
  readonly name: string;
  /** Patterns. */
  readonly values: readonly string[];
}

/** One query parameter; without a key, any parameter with that value. Both are patterns. */
export interface QueryValue {
  readonly key?: string | undefined;
  readonly value: string;
}

export interface RuleConditions {
  readonly methods: readonly string[];
  /** Patterns, case-insensitive. */
  readonly hosts: readonly string[];
  /** Patterns. */
  readonly paths: readonly string[];
  readonly headers: readonly HeaderCondition[];
  /** Each inner list is a separate condition; all of them must match. */
  readonly queries: readonly (readonly QueryValue[])[];
  /** CIDR blocks of clients. */
  readonly sources: readonly string[];
  /**
   * The rule has conditions that are not modelled here, such as regular expressions, so it is unknown what it matches.
   */
  readonly opaque?: boolean | undefined;
}

export const ANY_REQUEST: RuleConditions = {
  methods: [],
  hosts: [],
  paths: [],
  headers: [],
  queries: [],
  sources: [],
};

/** Whether a request may match both; true if that cannot be decided. */
export function conditionsMeet(a: RuleConditions, b: RuleConditions): boolean {
  return (
    listsMeet(a.methods, b.methods, (x, y) => x === y) &&
    listsMeet(lower(a.hosts), lower(b.hosts), patternsMeet) &&
    listsMeet(a.paths, b.paths, patternsMeet) &&
    a.headers.every(({ name, values }) =>
      headersNamed(b, name).every((other) => listsMeet(values, other.values, patternsMeet)),
    ) &&
    listsMeet(a.sources, b.sources, blocksMeet)
  );
}

/** Whether every request that matches `narrow` also matches `wide`. */
export function conditionsCover(wide: RuleConditions, narrow: RuleConditions): boolean {
  return (
    wide.opaque !== true &&
    listCovers(wide.methods, narrow.methods, (x, y) => x === y) &&
    listCovers(demandsOf(lower(wide.hosts), ['*']), lower(narrow.hosts), patternCovers) &&
    listCovers(demandsOf(wide.paths, ['*', '/*']), narrow.paths, patternCovers) &&
    wide.headers.every(({ name, values }) =>
      headersNamed(narrow, name).some((other) => listCovers(values, other.values, patternCovers)),
    ) &&
    wide.queries.every((query) => narrow.queries.some((other) => sameValues(query, other, queryText))) &&
    listCovers(wide.sources, narrow.sources, (x, y) => x === y)
  );
}

/** Whether the conditions are equal, in any order. */
export function sameConditions(a: RuleConditions, b: RuleConditions): boolean {
  return (
    a.opaque !== true &&
    b.opaque !== true &&
    sameValues(a.methods, b.methods) &&
    sameValues(lower(a.hosts), lower(b.hosts)) &&
    sameValues(a.paths, b.paths) &&
    sameValues(a.headers, b.headers, ({ name, values }) => `${name.toLowerCase()}: ${[...values].sort()}`) &&
    sameValues(a.queries, b.queries, (query) => query.map(queryText).sort().join('&')) &&
    sameValues(a.sources, b.sources)
  );
}

/** For people: `host shop.example.com, path /api/*`. */
export function describeConditions(of: RuleConditions): string {
  const parts = [
    ['method', of.methods],
    ['host', of.hosts],
    ['path', of.paths],
    ...of.headers.map(({ name, values }) => [`header ${name}`, values] as const),
    ...of.queries.map((query) => ['query', query.map(queryText)] as const),
    ['source', of.sources],
    ['other conditions', of.opaque === true ? [''] : []],
  ] as const;
  const told = parts
    .filter(([, values]) => values.length > 0)
    .map(([what, values]) => `${what} ${values.join(' or ')}`);
  return told.length === 0 ? 'any request' : told.join(', ').trim();
}

function headersNamed({ headers }: RuleConditions, name: string): readonly HeaderCondition[] {
  return headers.filter((header) => header.name.toLowerCase() === name.toLowerCase());
}

function queryText({ key, value }: QueryValue): string {
  return key === undefined ? value : `${key}=${value}`;
}

function lower(values: readonly string[]): readonly string[] {
  return values.map((value) => value.toLowerCase());
}

type Relation = (a: string, b: string) => boolean;

function listsMeet(a: readonly string[], b: readonly string[], meet: Relation): boolean {
  return a.length === 0 || b.length === 0 || a.some((x) => b.some((y) => meet(x, y)));
}

/** A pattern that matches every request is no restriction. */
function demandsOf(values: readonly string[], any: readonly string[]): readonly string[] {
  return values.some((value) => any.includes(value)) ? [] : values;
}

function listCovers(wide: readonly string[], narrow: readonly string[], covers: Relation): boolean {
  return wide.length === 0 || (narrow.length > 0 && narrow.every((n) => wide.some((w) => covers(w, n))));
}

function sameValues<T>(a: readonly T[], b: readonly T[], text: (value: T) => string = String): boolean {
  const [left, right] = [a.map(text).sort(), b.map(text).sort()];
  return left.length === right.length && left.every((value, i) => value === right[i]);
}

/** IPv4 blocks overlap if they agree in the shorter prefix. IPv6 blocks are not compared. */
function blocksMeet(a: string, b: string): boolean {
  const [left, right] = [bitsOf(a), bitsOf(b)];
  if (left === null || right === null) return a.includes(':') === b.includes(':');
  const length = Math.min(left.length, right.length);
  return left.slice(0, length) === right.slice(0, length);
}

function bitsOf(block: string): string | null {
  const [address = '', prefix = '32'] = block.split('/');
  const bytes = address.split('.').map(Number);
  if (bytes.length !== 4 || bytes.some((byte) => !Number.isInteger(byte) || byte < 0 || byte > 255)) return null;
  return bytes
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')
    .slice(0, Number(prefix));
}
