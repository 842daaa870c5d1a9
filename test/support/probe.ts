/** Turns tables of two answers and their expected comparison, as the parity tests contain them, into tests. */
import { expect, it } from 'vitest';
import type { CaptureRecord, ResponseLeg } from '../../capture/format/index.ts';
import { told } from './compared.ts';

/** `want` is a verdict, or a part of what `told` returns: a verdict with differences. */
export type Probe = readonly [
  name: string,
  stable: ResponseLeg,
  candidate: ResponseLeg,
  want: string,
  record?: Partial<CaptureRecord>,
];

/** Declares one test for each row. */
export function probe(rows: readonly Probe[]): void {
  for (const [name, stable, candidate, want, record] of rows)
    it(name, () => {
      expect(told(stable, candidate, record)).toContain(want.includes(' ') ? want : `${want}:`);
    });
}
