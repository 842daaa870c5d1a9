/** What a comparison comes to: an exit code, and the sentence that says why. */
import type { DifferenceClass } from '../../parity/catalogue.ts';
import type { Summary } from '../../parity/summary.ts';
import { compared, totalVerdicts } from '../../report/parity-rows.ts';
import { EXIT } from '../exit-codes.ts';

/** From this class on, differences make the answer a no. */
export const FAIL_ON = ['breaking', 'undecided', 'benign'] as const satisfies readonly DifferenceClass[];
export type FailOn = (typeof FAIL_ON)[number];

export interface Conclusion {
  readonly exit: typeof EXIT.ok | typeof EXIT.failed | typeof EXIT.usage;
  readonly sentence: string;
}

/** Differences outweigh lines that could not be read: they are there all the same. */
export function conclude(summary: Summary, failOn: FailOn): Conclusion {
  const total = totalVerdicts(summary);
  const counted = FAIL_ON.slice(0, FAIL_ON.indexOf(failOn) + 1);
  const different = counted.reduce((sum, verdict) => sum + total[verdict], 0);
  if (different > 0)
    return {
      exit: EXIT.failed,
      sentence: `${different} of ${compared(total)} pairs differ (${counted.map((v) => `${total[v]} ${v}`).join(', ')})`,
    };
  const { count } = summary.unreadable;
  if (count > 0)
    return { exit: EXIT.usage, sentence: `bad input: ${count} lines could not be read, so nothing is proven` };
  if (compared(total) === 0) return { exit: EXIT.usage, sentence: 'bad input: there is no pair to compare' };
  return { exit: EXIT.ok, sentence: `${compared(total)} pairs, no difference that counts (${counted.join(', ')})` };
}
