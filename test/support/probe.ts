/** Two answers with what is to be said of them, as the tables of parity's specifications have them. */
import { expect, it } from 'vitest';
import type { CaptureRecord, ResponseLeg } from '../../capture/format/index.ts';
import { told } from './compared.ts';

/** `want`: a verdict, or a verdict with differences, a part of what `told` says. */
export type Probe = readonly [
  name: string,
  stable: ResponseLeg,
  candidate: ResponseLeg,
  want: string,
  record?: Partial<CaptureRecord>,
];

/** A test for each of them. */
export function probe(rows: readonly Probe[]): void {
  for (const [name, stable, candidate, want, record] of rows)
    it(name, () => {
      expect(told(stable, candidate, record)).toContain(want.includes(' ') ? want : `${want}:`);
    });
}
