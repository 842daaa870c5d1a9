/** Collects the differences of one body: listed up to a limit, and counted beyond it. */
import { rankOf, type Severity } from '../causes/index.ts';
import { type BodyDifference, why } from './difference.ts';
import { generalPointer } from './general-place.ts';

/** How many differences of one body are listed at most. */
export const MAX_DIFFERENCES = 50;
/** How many of them may be noise, so that room remains for differences that count. */
const MAX_NOISE = 10;
/** How many differences with the same cause are listed for the elements of one array. Noise is listed only once. */
const MAX_ALIKE = 5;

export interface Alike {
  more: number;
}

interface Group extends Alike {
  listed: number;
  /** Index of the last one listed. */
  last: number;
}

export class Found {
  readonly #list: BodyDifference[] = [];
  readonly #groups = new Map<string, Group>();
  #noise = 0;
  #unlisted = 0;
  #gravest: Severity = 'noise';

  /**
   * Returns null if the difference was listed. Otherwise returns the counter of its cause in the same array, to which
   * further ones can be added directly.
   */
  add(difference: BodyDifference): Alike | null {
    const { cause, severity, rule = '', pointer, inXml } = difference;
    const key = `${cause} ${severity} ${rule} ${generalPointer(pointer, inXml)}`;
    const group = this.#groups.get(key);
    if (group !== undefined && group.listed >= (severity === 'noise' ? 1 : MAX_ALIKE)) {
      group.more++;
      return group;
    }
    if (this.#hasRoomFor(severity)) {
      if (severity === 'noise') this.#noise++;
      this.#list.push(difference);
      this.#groups.set(key, { listed: (group?.listed ?? 0) + 1, last: this.#list.length - 1, more: 0 });
    } else if (group !== undefined) group.more++;
    else {
      this.#unlisted++;
      if (rankOf(severity) < rankOf(this.#gravest)) this.#gravest = severity;
    }
    return null;
  }

  #hasRoomFor(severity: Severity): boolean {
    return this.#list.length < MAX_DIFFERENCES && (severity !== 'noise' || this.#noise < MAX_NOISE);
  }

  differences(): BodyDifference[] {
    const list = [...this.#list];
    for (const { last, more } of this.#groups.values()) {
      const difference = list[last];
      if (more > 0 && difference !== undefined) list[last] = { ...difference, more };
    }
    if (this.#unlisted === 0) return list;
    const advice = `${this.#unlisted} more are not listed. ${why('too-many-differences').advice}`;
    const rest = { in: 'body', pointer: '', stable: null, candidate: null } as const;
    return [...list, { ...rest, ...why('too-many-differences', advice), severity: this.#gravest }];
  }
}
