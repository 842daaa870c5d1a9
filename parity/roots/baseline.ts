/** Known differences: a file lists them by route, cause and place, and only other differences count. */
import * as z from 'zod';
import { entryOf as catalogued, isCause } from '../causes/index.ts';
import { type Compare, verdictOf } from '../compare/index.ts';
import { type Difference, generalPlace } from '../model/index.ts';
import { BASELINE_RULE } from './known-differences.ts';
import { changeOf } from './root-cause.ts';
import { type Roots, rootsOf } from './roots.ts';

const entrySchema = z.strictObject({
  /** Route as in captures and templates. */
  route: z.string().min(1),
  cause: z.string().refine(isCause, 'must be a cause of docs/reference/causes.md'),
  /** `header:etag`, `body/items/*\/id`, `status`: array indices and ids are `*`. */
  place: z.string().min(1),
  /** Status or type of both sides, for causes that have them. Another change at the same place is new. */
  change: z.string().min(1).optional(),
});

export const baselineSchema = z.strictObject({
  format: z.literal('crossfade-baseline/1'),
  differences: z.array(entrySchema),
});

export type Baseline = z.infer<typeof baselineSchema>;
type BaselineEntry = z.infer<typeof entrySchema>;

/** The keys of the entries that mean such a difference. */
function keysOf(entry: BaselineEntry): string[] {
  const { formerly } = catalogued(entry.cause);
  return [entryKey(entry), ...(formerly === undefined ? [] : [entryKey({ ...entry, cause: formerly })])];
}

function entryKey({
  route,
  cause,
  place,
  change: changed = '',
}: Omit<BaselineEntry, 'cause'> & { cause: string }): string {
  return JSON.stringify([route, cause, place, changed]);
}

/**
 * Compares like `compare`, and turns differences that the baseline lists into noise. New errors of the candidate stay
 * new errors.
 */
export function withBaseline(compare: Compare, { differences: known }: Baseline): Compare {
  if (known.length === 0) return compare;
  const keys = new Set(known.map(entryKey));
  return (record) => {
    const comparison = compare(record);
    const { route } = comparison;
    const isListed = (difference: Difference) => keysOf(entryOf(difference, route)).some((key) => keys.has(key));
    if (!comparison.differences.some(isListed)) return comparison;
    const differences = comparison.differences.map(
      (difference): Difference =>
        isListed(difference) ? { ...difference, severity: 'noise', rule: BASELINE_RULE } : difference,
    );
    return { ...comparison, differences, verdict: verdictOf(differences) };
  };
}

/** Everything that was found, except noise. With it as the baseline, the same comparison succeeds. */
export function knownRoots(roots: Roots): Baseline {
  const entries = rootsOf(roots)
    .filter((root) => root.known || root.severity !== 'noise')
    .flatMap((root) =>
      [...root.places.values()].map(
        ({ route, place, change: changed }): BaselineEntry => ({
          route,
          cause: root.cause,
          place,
          ...(changed === '' ? {} : { change: changed }),
        }),
      ),
    );
  const byKey = new Map(entries.map((entry) => [entryKey(entry), entry]));
  const differences = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  return { format: 'crossfade-baseline/1', differences };
}

/** How many of the known differences occurred. */
export function seenOf(known: readonly BaselineEntry[], roots: Roots): number {
  const seen = new Set(
    [...roots.values()]
      .filter((root) => root.known)
      .flatMap(({ cause, places }) => [...places.values()].flatMap((at) => keysOf({ cause, ...at }))),
  );
  return known.filter((entry) => seen.has(entryKey(entry))).length;
}

function entryOf(difference: Difference, route: string): BaselineEntry {
  return { route, cause: difference.cause, place: generalPlace(difference), change: changeOf(difference) };
}
