/** Pairs the answers of two sides, among answers to the same method and URL. */
import { firstValue } from '../../../../http/index.ts';
import { shortestEditOf } from '../../../../parity/compare/index.ts';
import { type LegLine, type LegNames, namesOf } from '../../inputs/index.ts';

interface Named {
  readonly line: LegLine;
}

export interface LegPair<T> {
  readonly stable: T;
  readonly candidate: T;
  /** Whether the pair has no common name. */
  readonly byOrder: boolean;
}

export interface Paired<T> {
  readonly pairs: readonly LegPair<T>[];
  readonly onlyStable: readonly T[];
  readonly onlyCandidate: readonly T[];
}

/**
 * Pairs by the sender's id, then by a trace or correlation id, then in order by the request's body and host. A request
 * that is missing in one log shifts nothing, because the smallest number of insertions and deletions is used.
 */
export function pairLegs<T extends Named>(
  stable: readonly T[],
  candidate: readonly T[],
  pairBy: readonly string[] = [],
): Paired<T> {
  const named = (item: T): WithNames<T> => ({ item, names: namesOf(item.line, pairBy) });
  const open = { stable: stable.map(named), candidate: candidate.map(named) };
  const pairs: LegPair<T>[] = [];
  const byName = (nameOf: (named: WithNames<T>) => readonly string[]) => {
    const waiting = new Map<string, WithNames<T>[]>();
    for (const one of open.candidate) for (const name of nameOf(one)) pushTo(waiting, name, one);
    const taken = new Set<WithNames<T>>();
    for (const one of open.stable) {
      const partner = nameOf(one)
        .flatMap((name) => waiting.get(name) ?? [])
        .find((other) => !taken.has(other));
      if (partner === undefined) continue;
      taken.add(one).add(partner);
      pairs.push({ stable: one.item, candidate: partner.item, byOrder: false });
    }
    open.stable = open.stable.filter((one) => !taken.has(one));
    open.candidate = open.candidate.filter((one) => !taken.has(one));
  };
  byName(({ names }) => (names.id === undefined ? [] : [names.id]));
  byName(({ names }) => names.hints);
  const [a, b] = unnamed(open.stable, open.candidate);
  const inOrder = pairInOrder(a, b);
  const taken = new Set(inOrder.flat());
  pairs.push(...inOrder.map(([x, y]) => ({ stable: x.item, candidate: y.item, byOrder: true })));
  const rest = (all: readonly WithNames<T>[]) => all.filter((one) => !taken.has(one)).map(({ item }) => item);
  return { pairs, onlyStable: rest(open.stable), onlyCandidate: rest(open.candidate) };
}

interface WithNames<T> {
  readonly item: T;
  readonly names: LegNames;
}

/** Different ids mean different requests, so order counts only where a side has no id. */
function unnamed<T>(a: readonly WithNames<T>[], b: readonly WithNames<T>[]) {
  const isNamed = ({ names }: WithNames<T>) => names.id !== undefined;
  if (!a.some(isNamed) || !b.some(isNamed)) return [a, b] as const;
  return [a.filter((one) => !isNamed(one)), b.filter((one) => !isNamed(one))] as const;
}

function pairInOrder<T extends Named>(
  a: readonly WithNames<T>[],
  b: readonly WithNames<T>[],
): [WithNames<T>, WithNames<T>][] {
  const [hostsA, hostsB] = [hostsOf(a), hostsOf(b)];
  // If only one side has a host, the host is that side's own.
  const token = ({ item }: WithNames<T>) => {
    const host = hostOf(item.line);
    const common = hostsA.has(host) && hostsB.has(host);
    return `${common ? host : ''} ${item.line.request.body?.data ?? ''}`;
  };
  const [x, y] = [a.map(token), b.map(token)];
  const partner = shortestEditOf(x, y) ?? byOccurrence(x, y);
  const pairs: [WithNames<T>, WithNames<T>][] = [];
  const take = (i: number, j: number) => {
    const [one, other] = [a[i], b[j]];
    if (one !== undefined && other !== undefined) pairs.push([one, other]);
  };
  let [i, j] = [0, 0];
  for (let end = 0; end <= a.length; end++) {
    const at = end === a.length ? b.length : (partner[end] ?? -1);
    if (at < 0 || at < j) continue;
    // Equal numbers on both sides: the bodies contain a nonce or a time.
    if (end - i === at - j) for (let n = 0; n < end - i; n++) if (hostAlike(x[i + n], y[j + n])) take(i + n, j + n);
    take(end, at);
    [i, j] = [end + 1, at + 1];
  }
  // Equal requests that remain are in a different order, because they ran concurrently.
  const taken = new Set(pairs.flat());
  const waiting = new Map<string, number[]>();
  for (const [at, one] of b.entries()) if (!taken.has(one)) pushTo(waiting, y[at] ?? '', at);
  for (const [at, one] of a.entries()) if (!taken.has(one)) take(at, waiting.get(x[at] ?? '')?.shift() ?? b.length);
  return pairs;
}

const hostAlike = (a = '', b = '') => a.slice(0, a.indexOf(' ')) === b.slice(0, b.indexOf(' '));

/** If the logs have too little in common for an edit distance, the n-th occurrence is paired with the n-th. */
function byOccurrence(a: readonly string[], b: readonly string[]): Int32Array {
  const places = new Map<string, number[]>();
  for (const [j, token] of b.entries()) pushTo(places, token, j);
  let last = -1;
  return Int32Array.from(a, (token) => {
    const j = places.get(token)?.shift() ?? -1;
    if (j <= last) return -1;
    last = j;
    return j;
  });
}

function hostsOf(all: readonly WithNames<Named>[]): ReadonlySet<string> {
  return new Set(all.map(({ item }) => hostOf(item.line)));
}

export function hostOf({ request }: LegLine): string {
  return firstValue(request.headers ?? [], 'host')?.toLowerCase() ?? '';
}

function pushTo<V>(map: Map<string, V[]>, key: string, value: V): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
