/**
 * Suggests rules from what varies in stable over time: two answers to the same request. Data that changed in between
 * varies, too, so each suggestion needs an owner, a reason and an expiry date.
 */

import type { CaptureRecord, ResponseLeg } from '../../capture/format/index.ts';
import { CATALOGUE, type Cause, standsAgainst } from '../causes/index.ts';
import { type CompareOptions, compareRecord } from '../compare/index.ts';
import { generalPlace } from '../model/index.ts';
import { pathOfRoute } from '../rules/index.ts';
import { aspectOf, baseOf, WORDS } from './aspect.ts';

/** A rule with empty `owner` and `expires`. The rules file is refused until somebody fills them in. */
export type SuggestedRule = {
  readonly id: string;
  readonly owner: '';
  /** What was observed. */
  readonly reason: string;
  readonly expires: '';
  readonly where: {
    readonly route: string;
    readonly pointer?: string;
    readonly header?: string;
    readonly cause?: Cause;
  };
} & ({ readonly kind: 'ignore' | 'unordered' } | { readonly kind: 'reclassify'; readonly severity: 'noise' });

export interface SuggestedRules {
  readonly v: 1;
  readonly rules: readonly SuggestedRule[];
}

/** The latest answers to this many requests are kept, */
const MAX_ANSWERS = 2000;
/** with this many characters in total, oldest discarded first; */
const MAX_CHARACTERS = 32 * 1024 * 1024;
/** and this many places are counted. */
const MAX_PLACES = 1000;

interface Seen {
  readonly answer: ResponseLeg;
  readonly size: number;
}

interface Varied {
  readonly route: string;
  readonly in: 'body' | 'header';
  /** Pointer with `*` for indices, or the name of the field. */
  readonly place: string;
  readonly aspect: string;
  readonly cause: Cause;
  times: number;
}

/** Takes records one at a time, in chronological order. Memory is bounded. */
export class StableOverTime {
  readonly #options: CompareOptions;
  /** By request, oldest first. */
  readonly #latest = new Map<string, Seen>();
  readonly #repeats = new Map<string, number>();
  readonly #varied = new Map<string, Varied>();
  #characters = 0;

  constructor(options: CompareOptions = {}) {
    this.#options = options;
  }

  add(record: CaptureRecord): void {
    const { stable, request, route } = record;
    if (stable.outcome !== 'response') return;
    const key = JSON.stringify([route, request.method, request.target, request.body?.data ?? '']);
    const before = this.#latest.get(key);
    this.#remember(key, { answer: stable, size: key.length + stable.body.data.length });
    if (before === undefined) return;
    this.#repeats.set(route, (this.#repeats.get(route) ?? 0) + 1);
    const seen = new Set<string>();
    for (const difference of compareRecord({ ...record, stable: before.answer, candidate: stable }, this.#options)
      .differences) {
      const { in: where, severity: kind, cause } = difference;
      if ((where !== 'body' && where !== 'header') || !standsAgainst(kind)) continue;
      const place = difference.in === 'header' ? difference.name : generalPlace(difference).slice('body'.length);
      const found = baseOf(aspectOf(difference));
      // A rule that ignores a value ignores its words.
      const aspect = found === WORDS ? 'value' : found;
      const name = JSON.stringify([route, where, place, aspect]);
      if (seen.has(name)) continue;
      seen.add(name);
      const known = this.#varied.get(name);
      if (known !== undefined) known.times++;
      else if (this.#varied.size < MAX_PLACES)
        this.#varied.set(name, { route, in: where, place, aspect, cause, times: 1 });
    }
  }

  /** Suggests rules for places that varied in at least `least` repetitions, most frequent first. */
  suggestRules(least = 1): SuggestedRules {
    const varied = [...this.#varied.values()].filter(({ times }) => times >= least).sort((a, b) => b.times - a.times);
    return { v: 1, rules: varied.map((one, index) => this.#ruleFor(one, index)) };
  }

  #ruleFor(varied: Varied, index: number): SuggestedRule {
    const { route, place, aspect, cause, times } = varied;
    const of = `${times} of ${this.#repeats.get(route) ?? 0} repeats of a request`;
    const decided = {
      id: `suggested-${index + 1}`,
      owner: '',
      reason: `Stable varied on its own in ${of}: ${CATALOGUE[cause].title}.`,
      expires: '',
    } as const;
    const at = { route: pathOfRoute(route), ...(varied.in === 'body' ? { pointer: place } : { header: place }) };
    if (aspect === 'array-order') return { kind: 'unordered', ...decided, where: at };
    if (aspect === 'value' || aspect === 'array-length') return { kind: 'ignore', ...decided, where: at };
    return { kind: 'reclassify', ...decided, where: { ...at, cause }, severity: 'noise' };
  }

  #remember(key: string, seen: Seen): void {
    this.#forget(key);
    if (seen.size > MAX_CHARACTERS) return;
    this.#latest.set(key, seen);
    this.#characters += seen.size;
    for (const oldest of this.#latest.keys()) {
      if (this.#latest.size <= MAX_ANSWERS && this.#characters <= MAX_CHARACTERS) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#characters -= this.#latest.get(key)?.size ?? 0;
    this.#latest.delete(key);
  }
}

/** {@link StableOverTime} for records that are already available, in chronological order. */
export function suggestRules(records: Iterable<CaptureRecord>, options: CompareOptions = {}): SuggestedRules {
  const over = new StableOverTime(options);
  for (const record of records) over.add(record);
  return over.suggestRules();
}
