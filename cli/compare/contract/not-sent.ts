/** Requests that are not sent, counted by reason. */
import type { Skipped } from './requests/index.ts';

/** How many reasons are listed individually. */
const TOLD = 30;

export class SkippedRequests {
  readonly #byReason = new Map<string, { count: number; readonly first: string }>();

  /** @param files names by the number of the source */
  add({ skipped, of, at }: Skipped, files: readonly string[]): void {
    const known = this.#byReason.get(skipped);
    if (known === undefined)
      this.#byReason.set(skipped, { count: 1, first: of ?? `${files[at.source] ?? ''}:${at.line}` });
    else known.count++;
  }

  /** Most frequent first, each with the first request that it affects. */
  lines(): string[] {
    const sorted = [...this.#byReason].sort(([, a], [, b]) => b.count - a.count);
    const rest = sorted.slice(TOLD).reduce((sum, [, { count }]) => sum + count, 0);
    return [
      ...sorted
        .slice(0, TOLD)
        .map(([reason, { count, first }]) =>
          count === 1
            ? `Not sent: 1 × ${reason} (${first})`
            : `Not sent: ${count} × ${reason} (the first one: ${first})`,
        ),
      ...(rest === 0 ? [] : [`Not sent: ${rest} for ${sorted.length - TOLD} other reasons`]),
    ];
  }
}
